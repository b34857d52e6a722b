"""Threads under an entry: what stands where, in which order, on which page."""

import re
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.comments import actions, queries, threads
from app.comments.gathering import Sender
from app.comments.models import Comment, CommentState
from app.entries.models import Discussion, Entry
from tests.counting import queries as asked
from tests.counting import statements
from tests.making import Maker
from tests.visiting import Page, Visitor


def many(make: Maker, entry: Entry, number: int, **facts: Any) -> list[Comment]:
    """Approved comments of one second each, made in one go."""
    start = make.now()
    rows = [Comment(entry=entry, entry_id=entry.id, author_name=f"Reader {index}", body="x",
                    author_email="many@reader.example", html=f"<p>Remark {index}.</p>",
                    digest=f"{facts}{index}", state=CommentState.APPROVED,
                    created_at=start + timedelta(seconds=index), **facts)
            for index in range(number)]
    make.session.add_all(rows)
    make.session.commit()
    return rows


def chain(make: Maker, entry: Entry, *names: str) -> list[Comment]:
    """Comments that each answer the one before."""
    made: list[Comment] = []
    for name in names:
        made.append(make.comment(entry, f"{name} says.", parent=made[-1] if made else None,
                                 name=name, approved=True))
    return made


def hide(session: Session, comment: Comment, state: CommentState) -> None:
    comment.state = state
    session.commit()


def names(page: Page) -> list[str]:
    return re.findall(r"<bdi>([^<]+)</bdi></h3>", page.text)


def level(page: Page, comment: Comment) -> int:
    """How many lists of comments the comment stands in."""
    before = page.text.split(f'id="comment-{comment.public_id}"')[0]
    return before.count("<ol class=\"comment-") - before[before.index("<ol class=\"comment-"):
                                                         ].count("</ol>")


def test_replies_are_indented_twice_and_then_stand_flat_and_say_what_they_answer(
        visitor: Visitor, make: Maker) -> None:
    post = make.post()
    made = chain(make, post, "Ann", "Ben", "Cleo", "Dov", "Eve")
    page = visitor.get(post.path)
    assert [level(page, each) for each in made] == [1, 2, 3, 3, 3]
    assert re.findall(r"In answer to (?:a )?(\w+)", page.words) == ["Cleo", "Dov"]
    assert {"href": f"#comment-{made[3].public_id}"} in page.all("a")


def test_deeper_replies_follow_what_they_answer(visitor: Visitor, make: Maker) -> None:
    post = make.post()
    made = chain(make, post, "Ann", "Ben", "Cleo", "Dov")
    chain_end = make.comment(post, "Late.", parent=made[1], name="Flo", approved=True)
    make.comment(post, "Later.", parent=made[2], name="Gus", approved=True)
    page = visitor.get(post.path)
    assert names(page) == ["Ann", "Ben", "Cleo", "Dov", "Gus", "Flo"]
    assert level(page, chain_end) == 3


def test_a_chain_of_a_thousand_replies_can_be_read_to_its_end(visitor: Visitor,
                                                              make: Maker) -> None:
    post = make.post()
    made = many(make, post, 1100)
    for above, below in pairwise(made):
        below.parent_id = above.id
    make.session.commit()
    found = queries.discussion(make.session, post, page=11)
    assert found.count == 1100
    assert found.threads[0].replies[-1].comment.id == made[-1].id
    assert visitor.client.get(made[-1].path).headers["Location"].startswith(f"{post.path}?page=11#")


def read_through(visitor: Visitor, address: str) -> list[Page]:
    """All pages of a discussion, one after the other."""
    pages, following = [], [address]
    while following:
        pages.append(visitor.get(following[0].removesuffix("#comments")))
        following = [each["href"] for each in pages[-1].all("a") if each.get("rel") == "next"]
    return pages


@pytest.fixture
def crowd(make: Maker) -> list[Comment]:
    """A comment with 500 answers, each third with an answer of its own, and one before and after.
    """
    post = make.post()
    before, asked_by_all, after = many(make, post, 3)
    answers = many(make, post, 500, parent_id=asked_by_all.id, author_headline="")
    deeper = many(make, post, 167, picture="")
    for above, below in zip(answers[::3], deeper, strict=True):
        below.parent_id = above.id
    make.session.commit()
    return [before, asked_by_all, *answers, *deeper, after]


def test_a_huge_thread_goes_on_on_the_next_pages_and_nothing_is_lost_or_shown_twice(
        visitor: Visitor, crowd: list[Comment]) -> None:
    pages = read_through(visitor, crowd[0].entry.path)
    shown = [[each for each in page.ids if re.fullmatch(r"comment-[0-9a-f]{10}", each)]
             for page in pages]
    assert sorted(each for page in shown for each in page) == sorted(
        f"comment-{each.public_id}" for each in crowd)
    assert max(map(len, shown)) == threads.MOST
    assert len(pages) == 8
    assert all("670 comments" in page.words for page in pages)
    assert ["More answers to the comment by Reader 1" in page.words for page in pages] == [
        False, False, *[True] * 6]


def test_every_permalink_leads_into_the_middle_of_a_huge_thread(
        visitor: Visitor, crowd: list[Comment]) -> None:
    for comment in (crowd[0], crowd[1], crowd[2], crowd[77], crowd[78], crowd[301], crowd[501],
                    crowd[502], crowd[-2], crowd[-1]):
        address, anchor = visitor.client.get(comment.path).headers["Location"].split("#")
        assert anchor in visitor.get(address).ids


def test_the_rest_of_a_thread_says_what_it_answers_on_the_page_before(
        visitor: Visitor, make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "MOST", 3)
    post = make.post()
    made = chain(make, post, "Ann", "Ben", "Cleo", "Dov", "Eve")
    second = visitor.get(f"{post.path}?page=2")
    assert names(second) == ["Dov", "Eve"]
    assert {"href": made[2].path} in second.all("a")
    assert {"href": f"#comment-{made[3].public_id}"} in second.all("a")
    hide(make.session, made[2], CommentState.WITHDRAWN)
    second = visitor.get(f"{post.path}?page=2")
    assert "In answer to a comment that was withdrawn" in second.words
    assert {"href": made[2].path} not in second.all("a")
    hide(make.session, made[0], CommentState.WITHDRAWN)
    assert "More answers to a comment that was withdrawn" in visitor.get(
        f"{post.path}?page=2").words


def test_a_thread_that_fits_on_a_page_is_never_torn_apart(
        visitor: Visitor, make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "MOST", 3)
    post = make.post()
    chain(make, post, "Ann", "Ben")
    chain(make, post, "Cleo", "Dov")
    chain(make, post, "Eve")
    assert [names(page) for page in read_through(visitor, post.path)] == [
        ["Ann", "Ben"], ["Cleo", "Dov", "Eve"]]


def test_a_page_of_a_huge_thread_costs_two_queries_more_however_huge(
        visitor: Visitor, make: Maker, crowd: list[Comment]) -> None:
    small = make.post()
    chain(make, small, "Ann")
    one = asked(visitor, small.path)
    # First all of it, if that is little, then where everything stands, then what is shown.
    for page in ("", "?page=3"):
        assert len(asked(visitor, crowd[0].entry.path + page)) == len(one) + 2
    with statements(visitor.app) as first:
        visitor.client.get(crowd[0].path)
    with statements(visitor.app) as deep:
        visitor.client.get(crowd[-2].path)
    # The way up from an answer is one more.
    assert len(deep) == len(first) + 1


def test_a_follow_page_asks_no_more_the_deeper_its_comment_stands(
        visitor: Visitor, make: Maker) -> None:
    made = chain(make, make.post(), "Ann", "Ben", "Cleo", "Dov", "Eve", "Flo")
    assert len(asked(visitor, made[5].follow_path)) == len(asked(visitor, made[1].follow_path))
    hide(make.session, made[0], CommentState.REJECTED)
    assert "the comment that it answers is hidden" in visitor.get(made[5].follow_path).words


@pytest.mark.parametrize("state", [CommentState.WAITING, CommentState.REJECTED, CommentState.SPAM])
def test_all_that_hangs_on_a_hidden_comment_is_neither_shown_nor_counted_nor_linked(
        visitor: Visitor, make: Maker, state: CommentState) -> None:
    post = make.post()
    made = chain(make, post, "Ann", "Ben", "Cleo", "Dov")
    hide(make.session, made[1], state)
    page = visitor.get(post.path)
    assert names(page) == ["Ann"]
    assert "1 comment" in page.words
    assert "1 comment" in visitor.get("/").text.split('id="discussed"')[1]
    assert [visitor.client.get(each.path).status_code for each in made] == [302, 404, 404, 404]
    visitor.post(f"{post.path}/comments", {
        "author_name": "R", "author_email": "r@reader.example", "body": "To you.",
        "parent_id": made[3].public_id}, status=422)


def test_an_entry_whose_comments_all_hang_on_a_hidden_one_is_not_lately_discussed(
        visitor: Visitor, make: Maker) -> None:
    made = chain(make, make.post(), "Ann", "Ben")
    hide(make.session, made[0], CommentState.REJECTED)
    assert 'id="discussed"' not in visitor.get("/").text


def test_a_withdrawn_comment_leaves_a_line_while_something_answers_it(
        visitor: Visitor, make: Maker) -> None:
    post = make.post()
    made = chain(make, post, "Ann", "Ben", "Cleo", "Dov")
    hide(make.session, made[2], CommentState.WITHDRAWN)
    page = visitor.get(post.path)
    assert names(page) == ["Ann", "Ben", "Dov"]
    assert "This comment was withdrawn by its writer." in page.words
    assert "In answer to a comment that was withdrawn" in page.words
    assert "Cleo" not in page.text
    assert "3 comments" in page.words
    assert visitor.client.get(made[2].path).status_code == 404
    assert visitor.client.get(made[3].path).status_code == 302


def test_a_withdrawn_comment_that_nobody_answered_is_gone(visitor: Visitor, make: Maker) -> None:
    post = make.post()
    made = chain(make, post, "Ann", "Ben", "Cleo")
    for each in made[1:]:
        hide(make.session, each, CommentState.WITHDRAWN)
    page = visitor.get(post.path)
    assert names(page) == ["Ann"]
    assert "withdrawn" not in page.words
    hide(make.session, made[0], CommentState.WITHDRAWN)
    page = visitor.get(post.path)
    assert "No comments yet" in page.words
    assert "withdrawn" not in page.words


def test_twenty_threads_stand_on_a_page_and_every_page_leads_to_the_next(
        visitor: Visitor, make: Maker) -> None:
    post = make.post()
    many(make, post, 45)
    page, seen = visitor.get(post.path), []
    while True:
        assert "45 comments" in page.words
        seen += names(page)
        following = [each["href"] for each in page.all("a") if each.get("rel") == "next"]
        if not following:
            break
        page = visitor.get(following[0].removesuffix("#comments"))
    assert seen == [f"Reader {number}" for number in range(45)]
    back = [each["href"] for each in page.all("a") if each.get("rel") == "prev"]
    assert back == [f"{post.path}?page=2#comments"]


def test_a_permalink_leads_to_the_page_that_shows_the_comment(visitor: Visitor,
                                                              make: Maker) -> None:
    post = make.post()
    made = many(make, post, 41)
    reply = make.comment(post, "Late answer.", parent=made[40], approved=True)
    hide(make.session, made[3], CommentState.REJECTED)
    for comment in (made[0], made[20], made[21], made[40], reply):
        where = visitor.client.get(comment.path).headers["Location"]
        address, anchor = where.split("#")
        assert anchor in visitor.get(address).ids
    assert visitor.client.get(made[20].path).headers["Location"].startswith(f"{post.path}#")
    assert visitor.client.get(reply.path).headers["Location"].startswith(f"{post.path}?page=2#")


def test_threads_can_stand_newest_or_most_thanked_first(visitor: Visitor, make: Maker) -> None:
    post = make.post()
    first, second, third = many(make, post, 3)
    make.comment(post, "Answer.", parent=second, name="Ann", approved=True)
    make.comment(post, "Another answer.", parent=second, name="Ben", approved=True)
    second.thanks, third.thanks, first.thanks = 7, 2, 2
    make.session.commit()
    found = {order: names(visitor.get(f"{post.path}?comments={order}"))
             for order in ("oldest", "newest", "thanked")}
    assert found == {
        "oldest": ["Reader 0", "Reader 1", "Ann", "Ben", "Reader 2"],
        "newest": ["Reader 2", "Reader 1", "Ann", "Ben", "Reader 0"],
        "thanked": ["Reader 1", "Ann", "Ben", "Reader 0", "Reader 2"]}


def test_every_order_has_a_true_address_that_search_engines_leave_alone(
        visitor: Visitor, make: Maker) -> None:
    post = make.post("On boats")
    many(make, post, 21)
    page = visitor.get(f"{post.path}?comments=newest&page=2")
    links = {each["id"]: each for each in page.all("a") if "order-" in each.get("id", "")}
    assert {each["href"] for each in links.values()} == {
        f"{post.path}#comments", f"{post.path}?comments=newest#comments",
        f"{post.path}?comments=thanked#comments"}
    assert {each["rel"] for each in links.values()} == {"nofollow"}
    assert [key for key, each in links.items() if "aria-current" in each] == ["order-newest"]
    canonical = [each["href"] for each in page.all("link") if each.get("rel") == "canonical"]
    assert canonical == [f"http://localhost{post.path}"]


@pytest.mark.parametrize(("query", "title"), [
    ("", "On boats · Lectern"),
    ("?comments=oldest", "On boats · Lectern"),
    ("?page=2", "On boats · Comments, page 2 · Lectern"),
    ("?comments=newest", "On boats · Comments, newest first · Lectern"),
    ("?comments=thanked&page=2", "On boats · Comments, most thanked first, page 2 · Lectern"),
])
def test_the_title_says_which_comments_these_are(visitor: Visitor, make: Maker, query: str,
                                                 title: str) -> None:
    post = make.post("On boats")
    many(make, post, 21)
    found = re.search("<title>(.*?)</title>", visitor.get(post.path + query).text)
    assert found
    assert found.group(1) == title


@pytest.mark.parametrize("query", ["comments=loudest", "comments=", "page=2", "page=0", "page=x",
                                   "comments=newest&page=3"])
def test_comments_that_cannot_be_are_not_found(visitor: Visitor, make: Maker, query: str) -> None:
    post = make.post()
    many(make, post, 2)
    visitor.get(f"{post.path}?{query}", status=404)


def test_a_page_costs_the_same_queries_for_any_number_of_comments(
        visitor: Visitor, make: Maker) -> None:
    post, account = make.post(author=make.person()), make.account()
    remark = actions.Remark("Quill", account.email, "", "From the desk.")
    actions.submit(make.session, post, remark, Sender(account=account), now=make.now())
    one = asked(visitor, post.path)
    for comment in many(make, post, 49):
        many(make, post, 1, parent_id=comment.id, account_id=account.id)
    fifty = asked(visitor, post.path)
    assert len(fifty) == len(one), "\n\n".join(fifty)
    reads = [each for each in one if each.startswith("SELECT")]
    # The post, its topics, its people, what stands around it, the comments.
    assert len(reads) == 5, "\n\n".join(reads)


def test_editors_and_authors_have_a_badge_and_nobody_who_only_typed_their_name(
        visitor: Visitor, make: Maker) -> None:
    ada = make.person("Ada Penn")
    post, editor, guest = make.post(author=ada), make.account(), make.account(Role.GUEST)
    guest.person = ada
    make.session.commit()
    for account in (editor, guest):
        remark = actions.Remark(account.name, account.email, "", f"I am {account.name}.")
        sent = actions.submit(make.session, post, remark, Sender(account=account), now=make.now())
        hide(make.session, make.session.get_one(Comment, sent.id), CommentState.APPROVED)
    make.comment(post, name=editor.name, approved=True)
    badges = [re.findall(r'class="badge">(\w+)', part) for part in
              visitor.get(post.path).text.split('<article class="comment"')[1:]]
    assert badges == [["Editor"], ["Author"], []]


def test_a_name_leads_to_its_link_and_vouches_for_nothing(visitor: Visitor, make: Maker) -> None:
    post = make.post()
    make.comment(post, approved=True).author_url = "https://rita.example/?a=1&b=2"
    make.session.commit()
    assert {"href": "https://rita.example/?a=1&b=2",
            "rel": "ugc nofollow noopener noreferrer"} in visitor.get(post.path).all("a")


def test_an_edited_comment_says_so(visitor: Visitor, make: Maker) -> None:
    post = make.post()
    make.comment(post, approved=True).edited_at = make.now()
    make.session.commit()
    assert "(edited)" in visitor.get(post.path).words


def test_closed_comments_say_since_when_and_why(visitor: Visitor, make: Maker,
                                                time: Any) -> None:
    post = make.post()
    post.comments_open = False
    make.session.commit()
    assert "Comments on this page are closed." in visitor.get(post.path).words
    time.forward(days=130)
    words = visitor.get(post.path).words
    assert "closed on 1 September 2026 : they stay open for 120 days after publication" in words
    post.discussion = Discussion.CLOSED
    make.session.commit()
    page = visitor.get(post.path)
    assert "The editors have closed the comments on this page." in page.words
    assert "leave-a-comment" not in page.text


def test_a_signed_in_reader_of_the_page_gets_the_same_comments(visitor: Visitor, editor: Visitor,
                                                               make: Maker) -> None:
    post = make.post()
    make.comment(post, approved=True)
    theirs, ours = (each.get(post.path).text.split('id="comments"')[1].split("</section>")[0]
                    for each in (editor, visitor))
    assert theirs == ours
