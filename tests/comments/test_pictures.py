"""The picture beside a comment."""

import re
from xml.etree import ElementTree

import pytest

from app.comments import actions, pictures
from app.comments.gathering import Sender
from app.comments.models import Comment
from tests.making import Maker
from tests.visiting import Visitor

SECRET = "only for tests, not a secret"


def send(visitor: Visitor, make: Maker, email: str = "rita@reader.example",
         where: str = "8.8.8.8") -> Comment:
    answer = visitor.post(f"{make.post().path}/comments", {
        "author_name": "Rita", "author_email": email, "body": "As I said before."},
        environ_base={"REMOTE_ADDR": where})
    token = answer.headers["Location"].removeprefix("/follow/")
    return make.session.query(Comment).filter_by(follow_token=token).one()


def test_the_same_person_has_the_same_picture_everywhere(visitor: Visitor, make: Maker) -> None:
    first, second = send(visitor, make), send(visitor, make)
    assert first.picture == second.picture
    assert first.picture != send(visitor, make, "nils@reader.example").picture


def test_who_it_is_cannot_be_read_from_a_picture_nor_tried_out(visitor: Visitor,
                                                               make: Maker) -> None:
    comment = send(visitor, make)
    assert comment.picture == pictures.seed(SECRET, comment.voice)
    assert comment.picture != pictures.seed("another site's", comment.voice)


def test_whoever_types_an_address_elsewhere_does_not_see_which_comments_are_its_owners(
        visitor: Visitor, make: Maker) -> None:
    comment = send(visitor, make)
    assert comment.picture != send(visitor, make, where="9.9.9.9").picture
    assert comment.picture == send(visitor, make).picture


def test_whoever_only_types_an_address_does_not_get_the_picture_of_its_owner(make: Maker) -> None:
    post, account = make.post(), make.account()
    remark = actions.Remark("Quill", account.email, "", "It is me, really.")
    typed = actions.submit(make.session, post, remark, now=make.now(), secret=SECRET)
    proven = actions.submit(make.session, make.post(), remark, Sender(account=account),
                            now=make.now(), secret=SECRET)
    assert typed.picture != proven.picture


def test_a_picture_is_kept_for_a_year_and_runs_nothing(visitor: Visitor) -> None:
    answer = visitor.client.get("/pictures/0123456789abcdef.svg")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == (
        "image/svg+xml", "public, max-age=31536000, immutable")
    assert "Set-Cookie" not in answer.headers
    tags = {each.tag.split("}")[1] for each in ElementTree.fromstring(answer.text).iter()}
    assert tags == {"svg", "path"}
    assert "style" not in answer.text


@pytest.mark.parametrize("seed", ["0", "0123456789ABCDEF", "g123456789abcdef", "0" * 17, "..%2fx"])
def test_what_is_no_seed_has_no_picture(visitor: Visitor, seed: str) -> None:
    visitor.get(f"/pictures/{seed}.svg", status=404)


def test_two_people_look_different() -> None:
    drawn = {pictures.draw(pictures.seed(SECRET, f"email:{number}@reader.example"))
             for number in range(2000)}
    assert len(drawn) == 2000
    grounds = [re.search('fill="(#.{6})"', each) for each in drawn]
    assert len({each.group(1) for each in grounds if each}) == len(pictures.TRIOS)


def test_a_comment_with_a_picture_shows_it_and_an_older_one_its_letters(visitor: Visitor,
                                                                        make: Maker) -> None:
    post = make.post()
    old, new = make.comment(post, approved=True), make.comment(post, approved=True)
    new.picture = "0123456789abcdef"
    make.session.commit()
    page = visitor.get(post.path)
    assert [each["src"] for each in page.all("img")] == ["/pictures/0123456789abcdef.svg"]
    assert page.text.split(f'id="comment-{old.public_id}"')[1].split("</article>")[0].count(
        "monogram-") == 1
