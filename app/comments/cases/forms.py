"""What senders and readers fill in after a comment was sent."""

from wtforms import HiddenField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import AnyOf, DataRequired, Length, Optional

from app.comments.actions import LONGEST
from app.comments.cases import appealing, following, reporting
from app.comments.models import Comment
from app.web.forms import Form, Line, Prose

NOTE = 500


class TextForm(Form):
    """New words for a comment, by the same rules as its first ones."""

    body = Prose("Comment", [
        DataRequired("There is nothing in it any more. You can withdraw it instead."),
        Length(max=LONGEST, message=f"A comment has at most {LONGEST:,} characters.")])
    author_headline = Line("What you do", [Optional(), Length(max=120)])
    version = HiddenField()

    @classmethod
    def of(cls, comment: Comment) -> "TextForm":
        """The form with the comment as it stands."""
        return cls(data={"body": comment.body, "author_headline": comment.author_headline,
                         "version": following.version(comment)})

    @property
    def words(self) -> following.Words:
        """What was typed."""
        return following.Words(self.author_headline.data, self.body.data)

    @property
    def opened(self) -> str | None:
        """The version that was changed; None where the form did not say."""
        return self.version.data if self.version.raw_data else None


class AppealForm(Form):
    """Why the decision is wrong."""

    text = Prose("What should we look at again?", [
        DataRequired("Please say in a few words why."),
        Length(max=appealing.LONGEST,
               message=f"An appeal has at most {appealing.LONGEST:,} characters.")])


class ReportForm(Form):
    """What is wrong with a comment."""

    reason = SelectField("What is wrong with it?", [
        AnyOf(list(reporting.REASONS), "Please choose what is wrong with it.")],
        choices=[SelectChoice("", "Please choose"), *(
            SelectChoice(reason.value, words) for reason, words in reporting.REASONS.items())],
        validate_choice=False)
    note = Prose("Anything that helps us", [
        Optional(), Length(max=NOTE, message=f"A note has at most {NOTE} characters.")])
