"""What counts for or against a comment on its way in, of all that was said before."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Account, Role
from app.comments import actions
from app.comments.candidate import Candidate
from app.comments.gathering import Sender, gather
from app.comments.models import Comment
from app.desk.models import Verb
from app.entries.models import Entry
from app.rules.facts import Facts
from tests.conftest import NOON, FakeClock
from tests.making import Maker

HOME = "8.8.8.0/24"


def known(session: Session, entry: Entry, now: datetime, *, body: str = "Something else.",
          account: Account | None = None, network: str = HOME) -> Facts:
    """What is known of a comment that Rita sends now."""
    comment = Candidate(entry, "Rita", "rita@reader.example", "", "", body, "", now, network,
                        account_id=account.id if account else None)
    return gather(session, comment, Sender(network, account=account), now)[1]


def sent(make: Maker, entry: Entry, *, account: Account | None = None, parent: str = "",
         body: str = "So it is.") -> Comment:
    """A comment of hers that waits."""
    remark = actions.Remark("Rita", "rita@reader.example", "", body, parent)
    comment = actions.submit(make.session, entry, remark, Sender(HOME, account=account),
                             now=make.now())
    return make.session.get_one(Comment, comment.id)


def test_what_was_sent_in_the_last_ten_minutes_counts_for_its_network_and_its_sender(
        make: Maker, session: Session, time: FakeClock) -> None:
    post = make.post()
    sent(make, post)
    make.comment(post, name="Rita")
    later = time.forward(minutes=9)
    for network, counted in ((HOME, (1, 1)), ("9.9.9.0/24", (0, 0)), ("", (0, 1))):
        facts = known(session, post, later, network=network)
        assert (facts.from_network, facts.from_identity) == counted
    facts = known(session, post, time.forward(minutes=2))
    assert (facts.from_network, facts.from_identity) == (0, 0)


@pytest.mark.parametrize("verb", [Verb.REJECT, Verb.SPAM])
def test_what_was_refused_in_the_last_month_speaks_against_whoever_proved_to_have_said_it(
        make: Maker, session: Session, time: FakeClock, verb: Verb) -> None:
    post, rita = make.post(), make.account(Role.READER, "rita@reader.example")
    comment = sent(make, post, account=rita)
    make.decision(make.item(actions.KIND, comment.id), verb)
    later = time.forward(days=29)
    assert known(session, post, later, account=rita).refused_lately == 1
    assert known(session, post, later).refused_lately == 0, "the address was only typed"
    comment.adopted_at = later
    session.flush()
    assert known(session, post, later, account=rita).refused_lately == 0, "who knows who sent it"
    comment.adopted_at = None
    session.flush()
    assert known(session, post, time.forward(days=2), account=rita).refused_lately == 0


def test_the_same_words_elsewhere_or_in_answer_to_somebody_were_not_sent_before(
        make: Maker, session: Session) -> None:
    post, other = make.post(), make.post()
    sent(make, post)
    assert known(session, post, NOON, body="So it is.").duplicate
    assert not known(session, other, NOON, body="So it is.").duplicate
    sent(make, post, parent=make.comment(post, approved=True).public_id)


def test_a_discussion_is_closed_by_hand_or_because_its_entry_is_not_there(
        make: Maker, session: Session) -> None:
    post, draft = make.post(), make.post(published=False)
    assert not known(session, post, NOON).closed
    assert known(session, draft, NOON).closed
    post.comments_open = False
    session.flush()
    assert known(session, post, NOON).closed


def test_the_desk_learns_every_doubt_and_takes_those_first_who_proved_who_they_are(
        make: Maker) -> None:
    post, links = make.post(), " ".join(f"https://{name}.example/" for name in "abc")
    stranger = make.item(actions.KIND, sent(make, post, body=links).id)
    rita = make.account(Role.READER, "rita@reader.example")
    proven = make.item(actions.KIND, sent(make, post, body=links, account=rita).id)
    for item in (stranger, proven):
        assert item.rule == "links"
        assert "first" in [each["rule"] for each in item.facts["also"]]
    assert proven.due_at < stranger.due_at
