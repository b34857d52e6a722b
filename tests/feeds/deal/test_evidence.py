"""What shows that a feed is somebody's, and what only looks like it."""

import pytest

from app.feeds.deal import evidence

TOKEN, ADDRESS = "lectern-0123456789abcdef", "https://site.example/feeds/abc?claim=lectern-0"


@pytest.mark.parametrize(("site", "email", "is_theirs"), [
    ("https://second.example/", "ida@second.example", True),
    ("https://www.second.example", "ida@second.example", True),
    ("https://blog.second.example/", "ida@second.example", True),
    ("https://second.example/blog/", "ida@second.example", True),
    ("https://second.example/", "IDA@SECOND.example", True),
    # Somebody else's, or the host's whose guest the blog is.
    ("https://ida.hosting.example/", "staff@hosting.example", False),
    ("https://hosting.example/@ida", "staff@hosting.example", False),
    ("https://hosting.example/~ida/", "staff@hosting.example", False),
    ("https://second.example/", "ida@evil-second.example", False),
    ("https://second.example/", "ida@second.example.evil.example", False),
    ("https://blog.example/", "anybody@example", False),
    ("http://127.0.0.1/", "root@127.0.0.1", False),
    ("http://localhost/", "root@localhost", False),
    (None, "ida@second.example", False),
])
def test_a_mailbox_speaks_for_a_blog_at_its_own_domain(site: str | None, email: str,
                                                       is_theirs: bool) -> None:
    assert evidence.is_mailbox_of(email, site) is is_theirs


@pytest.mark.parametrize(("page", "is_proof"), [
    (f'<head><meta name="lectern-claim" content="{TOKEN}"></head><body>', True),
    (f"<HEAD><META content='{TOKEN}' name='Lectern-Claim' /></HEAD>", True),
    (f'<head><!-- <meta name="lectern-claim" content="{TOKEN}"> --></head>', False),
    (f'<head></head><body><p><meta name="lectern-claim" content="{TOKEN}">', False),
    (f'<head><meta name="description" content="{TOKEN}"></head>', False),
    (f'<head><meta name="lectern-claim" content="{TOKEN}x"></head>', False),
    (f"<p>&lt;meta name=lectern-claim content={TOKEN}&gt;</p>", False),
    ("", False),
])
def test_only_a_tag_in_the_head_is_the_owners(page: str, is_proof: bool) -> None:
    assert evidence.head_names(page.encode(), TOKEN) is is_proof


@pytest.mark.parametrize(("link", "is_proof"), [
    (f'<a rel="me" href="{ADDRESS}">here</a>', True),
    (f'<link href="{ADDRESS}" rel="author me">', True),
    (f'<a class="x" href=\'{ADDRESS}\' rel=\'me\'>', True),
    (f'<a href="{ADDRESS}">no rel</a>', False),
    (f'<a rel="me ugc nofollow" href="{ADDRESS}">a comment\'s link</a>', False),
    (f'<a rel="me" href="{ADDRESS}0">another claim</a>', False),
    (f'<!-- <a rel="me" href="{ADDRESS}"> -->', False),
])
def test_a_link_is_proof_if_the_owner_marked_it_as_theirs(link: str, is_proof: bool) -> None:
    assert evidence.links_back(f"<html><body>{link}".encode(), ADDRESS) is is_proof


@pytest.mark.parametrize(("feed", "is_proof"), [
    (f"<rss><channel><description>Notes. {TOKEN}</description><item/></channel></rss>", True),
    (f"<feed><subtitle>{TOKEN}</subtitle><entry>…</entry></feed>", True),
    (f"<rss><channel><item><description>{TOKEN}</description></item></channel></rss>", False),
    (f"<r:rdf><r:item><r:description>{TOKEN}</r:description></r:item></r:rdf>", False),
    (f'{{"description": "{TOKEN}", "items": []}}', True),
    (f'{{"items": [{{"content_text": "{TOKEN}"}}]}}', False),
])
def test_a_word_counts_where_the_feed_speaks_about_itself(feed: str, is_proof: bool) -> None:
    assert evidence.feed_names(feed.encode(), TOKEN) is is_proof


def test_a_page_of_a_million_brackets_is_looked_at_in_no_time() -> None:
    for page in (b"<a " * 400_000, b"<a rel=" * 200_000, b"<!--" * 300_000,
                 b'<meta name="' + b"x" * 1_000_000):
        assert not evidence.links_back(page, ADDRESS)
        assert not evidence.head_names(page, TOKEN)
