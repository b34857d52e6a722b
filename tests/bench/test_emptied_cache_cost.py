"""What a page costs that the page cache does not have, beside a plain Flask page with the text and
the comments of a post; CPU time of this process, rounds of both in turn, medians.

Emptied of its pages, a process still has the pieces that it drew before, such as each comment: so
it is when a comment is approved, or a post is filed under another topic. With "no piece drawn
before", it has only just started. All pages are compressed.
"""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from flask.testing import FlaskClient

from tests.bench.reference import REMARKS, make_reference
from tests.bench.test_page_cost import GZIP, WORDS, in_turn, say
from tests.making import Maker
from tests.pagecache.conftest import Kept, kept, settings

__all__ = ["kept", "settings"]
# The most that a page may cost of what the reference costs; where there is none, it is printed.
MOST_POST, MOST = 1.0, 1.5


class Site(NamedTuple):
    """Pages to ask for, by name."""

    kept: Kept
    pages: dict[str, str]
    plain: FlaskClient

    def reference(self) -> None:
        """Asks for the plain page."""
        self.plain.get("/", headers=GZIP)

    def asker(self, name: str, *, forget: bool = False) -> Callable[[], object]:
        """Asks for a page that has to be made, if wanted by who has never drawn anything."""
        client, path, app = self.kept.app.test_client(), self.pages[name], self.kept.app

        def ask() -> None:
            self.kept.cache.pages.drop(["*"])
            if forget:
                app.extensions["pieces"].forget()
            assert client.get(path, headers=GZIP).status_code == 200

        return ask


@pytest.fixture
def site(make: Maker, kept: Kept, tmp_path: Path) -> Iterator[Site]:
    """Twenty posts and an episode; one post, and the episode, with twenty comments."""
    ada, bo = make.person(), make.person("Bo Quay")
    others = [make.post(text=WORDS, author=(ada, bo)[number % 2], topics=("Trust",))
              for number in range(20)]
    post = make.post("A post of 800 words", text=WORDS, author=ada)
    episode = make.episode(text=WORDS, author=ada)
    for name, body in REMARKS:
        make.comment(post, body, name=name, approved=True)
        make.comment(episode, body, name=name, approved=True)
    plain = make_reference(str(tmp_path / "plain.sqlite"), post.title, post.html, REMARKS)
    pages = {"A post": post.path, "A post with related ones": others[0].path, "The front page": "/",
             "All posts": "/posts/", "A topic": "/topics/trust", "An episode": episode.path,
             "The feed": "/feed.xml"}
    # What the test made is no business of the site's: it would be marked as old at each request.
    make.session.expunge_all()
    kept.cache.follower.lasts = 3_600.0
    # As the server does when it is ready.
    gc.collect()
    gc.freeze()
    yield Site(kept, pages, plain.test_client())
    gc.unfreeze()


def test_a_post_with_twenty_comments_and_the_cache_emptied(site: Site) -> None:
    ours, plain = in_turn(site.asker("A post"), site.reference)
    say("A post page, the cache emptied", ours, plain)
    say("… no piece drawn before", *in_turn(site.asker("A post", forget=True), site.reference))
    assert ours <= MOST_POST * plain


@pytest.mark.parametrize(("name", "most"), [
    ("A post with related ones", MOST), ("The front page", MOST), ("All posts", MOST),
    ("A topic", MOST), ("An episode", MOST), ("The feed", None)])
def test_other_pages_and_the_cache_emptied(site: Site, name: str, most: float | None) -> None:
    ours, plain = in_turn(site.asker(name), site.reference)
    say(name, ours, plain)
    say("… no piece drawn before", *in_turn(site.asker(name, forget=True), site.reference))
    assert most is None or ours <= most * plain
