"""Finding the feeds of a site: what is declared, linked, or where feeds usually are."""

import pytest

from app.feeds.polling.announcing import declared, linked
from app.feeds.polling.asking import Asking
from app.feeds.polling.finding import REQUESTS, Candidate, find
from app.fetch import Allow, FetchFailed, Limits
from tests.feeds.documents import Item, rss
from tests.feeds.feed_server import FeedServer

PAGE = "https://blog.example/a/page"
ONE = Item("one")
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>In Atom</title></feed>'


def link(href: str, kind: str = "application/rss+xml", rel: str = "alternate",
         title: str = "") -> str:
    return f'<link rel="{rel}" type="{kind}" href="{href}" title="{title}">'


@pytest.mark.parametrize(("page", "found"), [
    (link("/feed.xml"), ("https://blog.example/feed.xml",)),
    (link("feed.xml"), ("https://blog.example/a/feed.xml",)),
    (link("//cdn.example/f"), ("https://cdn.example/f",)),
    ('<base href="/b/"><LINK REL=Alternate TYPE=application/atom+xml HREF=f>',
     ("https://blog.example/b/f",)),
    (link("f") + '<base href="https://other.example/x/y">', ("https://other.example/x/f",)),
    (link("/j", "application/feed+json"), ("https://blog.example/j",)),
    (link("/f?a=1&amp;b=2#top"), ("https://blog.example/f?a=1&b=2",)),
    (link("/f", "application/rss+xml; charset=utf-8"), ("https://blog.example/f",)),
    ('<link rel="feed" href="/h">', ("https://blog.example/h",)),
    (link("/rss", "text/xml"), ("https://blog.example/rss",)),
    (link("/sitemap.xml", "text/xml"), ()),
    (link("/wp-json/pages/2", "application/json"), ()),
    (link("/f", rel="stylesheet"), ()),
    (link("/fr", "text/html"), ()),
    (link("javascript:alert(1)") + link("file:///etc/passwd") + link("http://[x"), ()),
    ("<!-- " + link("/old") + " -->" + link("/new"), ("https://blog.example/new",)),
    ("<script>'" + link("/in-a-script") + "'</script >", ()),
    (link("/comments/feed") + link("/f2", title="Blog » Comments Feed") + link("/feed"),
     ("https://blog.example/feed", "https://blog.example/comments/feed",
      "https://blog.example/f2")),
    (link("/f") + link("/f"), ("https://blog.example/f",)),
])
def test_a_page_says_where_its_feeds_are(page: str, found: tuple[str, ...]) -> None:
    assert declared(page, PAGE) == found


@pytest.mark.parametrize(("href", "found"), [
    ("/rss", ("https://blog.example/rss",)), ("/blog.atom", ("https://blog.example/blog.atom",)),
    ("feed:https://blog.example/x/feed", ("https://blog.example/x/feed",)),
    ("feed://blog.example/x/feed", ("http://blog.example/x/feed",)),
    ("/?feed=rss2", ("https://blog.example/?feed=rss2",)),
    ("/feedback", ()), ("/atomic-habits", ()), ("mailto:feed@blog.example", ()), ("/brass", ()),
])
def test_a_link_in_the_text_counts_if_it_sounds_like_a_feed(href: str,
                                                            found: tuple[str, ...]) -> None:
    assert linked(f"<a href='{href}'>Subscribe</a>", PAGE) == found


def test_links_to_the_own_host_come_before_those_to_others() -> None:
    page = "<a href='https://friend.example/feed'>Friend</a><a href='/feed'>Ours</a>"
    assert linked(page, PAGE) == ("https://blog.example/feed", "https://friend.example/feed")


@pytest.mark.parametrize("piece", ["<!--", "<script", "<a ", "<a '", '<link "', "<a a=", "<a a='"])
def test_a_page_made_to_be_slow_is_read_in_no_time(piece: str) -> None:
    # A pattern that begins again at every piece would take minutes.
    assert declared(piece * (400_000 // len(piece)), PAGE) == ()


@pytest.fixture
def asking(feed_server: FeedServer) -> Asking:
    return Asking("Lectern", feed_server.allow, Limits(total=5))


def addresses(found: tuple[Candidate, ...], server: FeedServer) -> list[str]:
    return [each.url.removeprefix(server.url("")) for each in found]


def test_the_address_of_a_feed_is_found_as_it_is(feed_server: FeedServer, asking: Asking) -> None:
    url = feed_server.serve(rss(ONE, title="Shelf"))
    [found] = find(url, asking)
    assert (found.url, found.title, len(found.parsed.items)) == (url, "Shelf", 1)
    assert feed_server.requests.keys() == {"/feed.xml"}


def test_a_site_leads_to_the_feeds_it_declares_and_only_readable_ones_are_told(
        feed_server: FeedServer, asking: Asking) -> None:
    feed_server.serve(rss(ONE), "/rss")
    feed_server.serve(ATOM, "/atom")
    feed_server.serve("<html>Soon</html>", "/soon")
    feed_server.serve(rss(Item("reply"), title="Comments on Shelf"), "/replies")
    site = feed_server.serve("".join(map(link, ("/replies", "/soon", "/gone", "/rss", "/atom"))),
                             "/", content_type="text/html")
    found = find(site, asking)
    assert addresses(found, feed_server) == ["/rss", "/atom", "/replies"]
    assert found[1].title == "In Atom"


def test_without_a_declaration_links_are_tried_and_then_the_usual_places(
        feed_server: FeedServer, asking: Asking) -> None:
    site = feed_server.serve("<a href='/my/feed'>Feed</a>", "/blog/", content_type="text/html")
    feed_server.serve(rss(ONE), "/blog/feed/")
    assert addresses(find(site, asking), feed_server) == ["/blog/feed/"]
    feed_server.serve(rss(ONE), "/my/feed")
    assert addresses(find(site, asking), feed_server) == ["/my/feed"]


def test_a_page_that_is_gone_still_leaves_the_usual_places(feed_server: FeedServer,
                                                           asking: Asking) -> None:
    feed_server.serve(rss(ONE), "/atom.xml")
    assert addresses(find(feed_server.url("/old.xml"), asking), feed_server) == ["/atom.xml"]


def test_an_address_that_moved_for_good_is_told_as_the_new_one(feed_server: FeedServer,
                                                               asking: Asking) -> None:
    feed_server.serve(rss(ONE), "/there")
    assert addresses(find(feed_server.redirect("/there", "/a", status=301), asking),
                     feed_server) == ["/there"]
    assert addresses(find(feed_server.redirect("/there", "/b", status=302), asking),
                     feed_server) == ["/b"]


def test_one_feed_at_two_addresses_is_told_once(feed_server: FeedServer, asking: Asking) -> None:
    feed_server.serve(rss(ONE), "/rss")
    feed_server.serve(rss(ONE), "/feed.xml")
    site = feed_server.serve("nothing here", "/", content_type="text/html")
    assert len(find(site, asking)) == 1


def test_never_more_than_a_dozen_requests_are_made(feed_server: FeedServer,
                                                   asking: Asking) -> None:
    site = feed_server.serve("".join(link(f"/{number}") for number in range(50)), "/",
                             content_type="text/html")
    assert find(site, asking) == ()
    assert len(feed_server.requests) <= REQUESTS


def test_a_page_cannot_send_us_into_our_own_network(feed_server: FeedServer,
                                                    asking: Asking) -> None:
    other = FeedServer()
    other.serve(rss(ONE))
    try:
        site = feed_server.serve(link(other.url()) + link("http://169.254.169.254/rss"), "/",
                                 content_type="text/html")
        assert find(site, asking) == ()
        assert other.requests == {}
    finally:
        other.close()


def test_a_site_that_gives_no_answer_is_a_sentence(feed_server: FeedServer) -> None:
    with pytest.raises(FetchFailed, match=r"public internet\.$"):
        find(feed_server.url("/"), Asking("Lectern", Allow()))
