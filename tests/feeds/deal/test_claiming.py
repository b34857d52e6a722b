"""An author takes a feed over: three ways to show that it is theirs, and what does not do."""

import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app import mail
from app.entries import actions as entries
from app.feeds.deal import claiming
from app.feeds.deal.models import ClaimState, FeedClaim
from app.mail import OutgoingMail
from tests.feeds.asking import Source
from tests.feeds.documents import Item, rss
from tests.visiting import Page, Visitor

ONE = Item("one", author="Ida Shelf")


@pytest.fixture
def blog(source: Source) -> Source:
    """A feed that was read once, whose site is the test's own server."""
    source.says(ONE, site=source.server.url("/"))
    return source


def claimed(visitor: Visitor, source: Source) -> str:
    """The address of the private page that a press of the button opens."""
    answer = visitor.post(f"{source.feed.about_path}/claims")
    return answer.headers["Location"]


def claim(source: Source) -> FeedClaim:
    source.session.expire_all()
    return source.session.scalars(sa.select(FeedClaim).order_by(FeedClaim.id.desc())).first()


def shown(page: Page, pattern: str) -> str:
    found = re.search(pattern, page.text)
    assert found, pattern
    return found.group(1).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def test_a_post_leads_its_author_to_the_page_about_the_feed(source: Source,
                                                            visitor: Visitor) -> None:
    source.says(ONE)
    entry = source.entries()[0]
    entry = source.session.merge(entry)
    entries.publish(source.session, entry, now=source.time.now())
    source.session.commit()
    page = visitor.get(entry.path)
    [way] = [each["href"] for each in page.all("a") if each["href"].startswith("/feeds/of/")]
    told = visitor.follow(visitor.client.get(way))
    assert "The Second Shelf" in told.words
    assert "1 post of it can be read here" in told.words


def test_no_page_tells_which_feed_an_unpublished_post_came_from(blog: Source,
                                                                visitor: Visitor) -> None:
    visitor.get("/feeds/of/posts/one", 404)


def test_a_tag_in_the_head_is_enough(blog: Source, visitor: Visitor) -> None:
    mine = claimed(visitor, blog)
    tag = shown(visitor.get(mine), r"(&lt;meta name=.*?&gt;)").replace("&#34;", '"')
    blog.server.serve(f"<html><head>{tag}</head></html>", "/", content_type="text/html")
    page = visitor.follow(visitor.post(f"{mine}/look"))
    assert "How your posts are shown" in page.words
    assert claim(blog).state is ClaimState.PROVEN
    assert "Its author knows" in visitor.get(blog.feed.about_path).words


def test_a_link_with_rel_me_is_enough(blog: Source, visitor: Visitor) -> None:
    mine = claimed(visitor, blog)
    address = shown(visitor.get(mine), r'href="?(?:&#34;)?(http://localhost/feeds/[^"&]+)')
    blog.server.serve(f'<p><a href="{address}" rel="me">us</a></p>', "/",
                      content_type="text/html")
    assert "How your posts are shown" in visitor.follow(visitor.post(f"{mine}/look")).words


def test_a_word_in_the_feed_is_enough(blog: Source, visitor: Visitor) -> None:
    mine = claimed(visitor, blog)
    blog.server.serve(rss(ONE, description=f"Notes. {claim(blog).token}"))
    assert "How your posts are shown" in visitor.follow(visitor.post(f"{mine}/look")).words


def test_where_nothing_is_found_the_page_says_what_was_looked_at(blog: Source,
                                                                 visitor: Visitor) -> None:
    mine = claimed(visitor, blog)
    page = visitor.follow(visitor.post(f"{mine}/look"))
    assert "We could not read http://127.0.0.1" in page.words
    blog.server.serve("<html><head></head></html>", "/", content_type="text/html")
    page = visitor.follow(visitor.post(f"{mine}/look"))
    assert "found neither the tag nor the word nor the link" in page.words
    assert claim(blog).state is ClaimState.ASKED


def test_another_claims_word_proves_nothing(blog: Source, visitor: Visitor) -> None:
    claimed(visitor, blog)
    first = claim(blog).token
    blog.server.serve(rss(ONE, description=first))
    mine = claimed(visitor, blog)
    visitor.post(f"{mine}/look")
    assert claim(blog).state is ClaimState.ASKED


def letter(source: Source) -> OutgoingMail:
    source.session.expire_all()
    return source.session.scalars(sa.select(OutgoingMail)).one()


def test_a_mail_to_the_blogs_domain_is_enough(source: Source, visitor: Visitor) -> None:
    source.says(ONE)
    mine = claimed(visitor, source)
    page = visitor.follow(visitor.post(f"{mine}/mail", {"email": "ida@second.example"}))
    assert "A mail is on its way to ida@second.example" in page.words
    link = letter(source).link
    assert "Is this blog yours?" in visitor.get(link).words
    assert claim(source).state is ClaimState.ASKED, "a scanner that opens links changes nothing"
    answer = visitor.post(link)
    assert "How your posts are shown" in visitor.follow(answer).words
    assert visitor.post(link).headers["Location"] == answer.headers["Location"], "pressed twice"


def test_whoever_only_typed_the_address_is_shut_out_once_the_mail_was_read(
        source: Source, visitor: Visitor) -> None:
    source.says(ONE)
    typed = claimed(visitor, source)
    visitor.post(f"{typed}/mail", {"email": "ida@second.example"})
    visitor.post(letter(source).link)
    visitor.get(typed, 404)


@pytest.mark.parametrize("email", ["ida@elsewhere.example", "not an address", ""])
def test_no_mail_goes_anywhere_else(email: str, source: Source, visitor: Visitor) -> None:
    source.says(ONE)
    visitor.post(f"{claimed(visitor, source)}/mail", {"email": email}, 422)
    assert source.session.scalar(sa.select(sa.func.count()).select_from(OutgoingMail)) == 0


def test_the_link_does_not_stay_in_the_outbox(source: Source, visitor: Visitor, app: Flask,
                                              tmp_path: Path) -> None:
    source.says(ONE)
    visitor.post(f"{claimed(visitor, source)}/mail", {"email": "ida@second.example"})
    mail.send_due(source.session, mail.transport("", tmp_path), "us@site.example",
                  source.time.now, "http://localhost")
    assert letter(source).link == ""
    assert "/feeds/claims/mail/" in next(tmp_path.glob("*.eml")).read_text()


def test_looking_claiming_and_writing_have_their_limits(source: Source, visitor: Visitor) -> None:
    source.says(ONE)
    mine = claimed(visitor, source)
    for _each in range(claiming.LETTERS):
        visitor.post(f"{mine}/mail", {"email": "ida@second.example"})
    visitor.post(f"{mine}/mail", {"email": "ida@second.example"}, 429)
    for _each in range(claiming.CLAIMS_OF_A_NETWORK - 1):
        claimed(visitor, source)
    visitor.post(f"{source.feed.about_path}/claims", status=429)


def test_a_slow_site_takes_one_thread_and_no_more(blog: Source, visitor: Visitor) -> None:
    first, second = claimed(visitor, blog), claimed(visitor, blog)
    blog.server.serve_after(lambda: visitor.post(f"{second}/look", status=429), "", "/")
    visitor.post(f"{first}/look")
    assert blog.server.count("/") == 1
    visitor.post(f"{second}/look")
    assert blog.server.count("/") == 2


def test_many_claims_do_not_make_us_a_burden_to_one_site(blog: Source, visitor: Visitor,
                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claiming, "LOOKS_AT_A_FEED", 2)
    for status in (303, 303, 429):
        visitor.post(f"{claimed(visitor, blog)}/look", status=status)
    assert blog.server.count("/") == 2


def test_an_unproven_page_decides_nothing(blog: Source, visitor: Visitor) -> None:
    mine = claimed(visitor, blog)
    for what in ("terms", "removal", "return"):
        visitor.post(f"{mine}/{what}", status=409)
    visitor.post(f"{mine}/people/ida-shelf", status=409)


def test_a_claim_that_nobody_proves_lapses(blog: Source, visitor: Visitor) -> None:
    mine = claimed(visitor, blog)
    blog.time.forward(days=31)
    claiming.sweep(blog.session, now=blog.time.now())
    visitor.get(mine, 404)


def test_an_editor_ends_a_claim_and_its_page_is_gone(blog: Source, visitor: Visitor,
                                                     editor: Visitor) -> None:
    mine = claimed(visitor, blog)
    blog.server.serve(rss(ONE, description=claim(blog).token))
    visitor.post(f"{mine}/look")
    editor.post(f"/desk/feeds/claims/{claim(blog).id}/end")
    visitor.get(mine, 404)
    assert "Its author knows" not in visitor.get(blog.feed.about_path).words
    editor.post(f"/desk/feeds/claims/{claim(blog).id}/end", status=409)


def test_a_private_page_is_kept_nowhere(blog: Source, visitor: Visitor) -> None:
    answer = visitor.client.get(claimed(visitor, blog))
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
