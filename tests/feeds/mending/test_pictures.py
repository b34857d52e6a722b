"""Pictures are fetched once, through the guard, drawn anew and put in their places, or left out."""

import io
from typing import Any

import pytest
from PIL import Image

from app.entries import wording
from app.entries.models import EntryState
from app.feeds.mending import pictures
from app.feeds.mending.placing import wanted
from app.feeds.models import Show
from tests.feeds.asking import Source
from tests.feeds.documents import Item
from tests.visiting import Visitor


def jpeg(width: int = 40, height: int = 20) -> bytes:
    """A picture."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "JPEG")
    return out.getvalue()


def bring(source: Source, *texts: str, **settings: Any) -> None:
    """Brings items with these texts in, in full unless said otherwise."""
    source.feed.show = settings.get("show", Show.FULL)
    source.session.commit()
    source.says(*(Item(f"item{number}", text=text) for number, text in enumerate(texts)))


def fetch(source: Source) -> None:
    """A round of the worker."""
    source.app.extensions["jobs"].run(pictures.JOB)


def shown(source: Source, number: int = 0) -> str:
    """The text of an entry."""
    return source.entries()[number].html


def test_a_picture_that_came_is_ours(source: Source, visitor: Visitor) -> None:
    url = source.server.serve(jpeg(3200, 1600), "/a.jpg", content_type="image/jpeg")
    bring(source, f'<p>One</p><p><img src="{url}" alt="A &lt;b&gt;"></p>')
    before = shown(source)
    fetch(source)
    html = shown(source)
    assert " src=" not in before
    assert 'alt="A &lt;b&gt;" width="1600" height="800">' in html
    assert url not in html
    name = html.split('src="')[1].split('"')[0]
    with visitor.client.get(name) as answer:
        assert answer.content_type == "image/webp"
    assert source.stored()[0].imported_html == source.entries()[0].source


def test_one_address_is_asked_once(source: Source) -> None:
    url = source.server.serve(jpeg(), "/a.jpg")
    bring(source, f'<p>One</p><img src="{url}">', f'<p>Two</p><img src="{url}"><img src="{url}">')
    fetch(source)
    fetch(source)
    assert source.server.count("/a.jpg") == 1
    assert (shown(source, 0).count("/media/"), shown(source, 1).count("/media/")) == (1, 2)


@pytest.mark.parametrize("body", [b"<html>", b"GIF89a;alert(1)", b"<svg onload=alert(1)>", b""])
def test_what_is_no_picture_is_left_out(body: bytes, source: Source) -> None:
    url = source.server.serve(body, "/a.jpg", content_type="image/jpeg")
    bring(source, f'<p>One</p><p><img src="{url}"></p>')
    fetch(source)
    fetch(source)
    assert shown(source) == "<p>One</p>"
    assert source.server.count("/a.jpg") == 1


def test_one_that_does_not_come_is_tried_again_and_then_left_out(source: Source) -> None:
    url = source.server.serve_in_turn(503, path="/a.jpg")
    bring(source, f'<p>One</p><p><img src="{url}" alt="A"></p>')
    for tries in (1, 2, 3, 4, 4):
        fetch(source)
        assert source.server.count("/a.jpg") == tries
        fetch(source)
        assert source.server.count("/a.jpg") == tries, "not before its time"
        source.time.forward(hours=12)
    assert shown(source) == "<p>One</p>"


def test_a_picture_inside_our_own_network_is_not_fetched(source: Source) -> None:
    bring(source, '<p>One</p><p><img src="http://169.254.169.254/a.jpg"></p>')
    for _ in range(4):
        fetch(source)
        source.time.forward(hours=12)
    assert shown(source) == "<p>One</p>"


def test_an_edit_made_meanwhile_stays(source: Source) -> None:
    url = source.server.serve(jpeg(), "/a.jpg")
    bring(source, f'<p>One</p><p><img src="{url}" alt="A"></p>')
    [entry] = source.entries()
    edited = entry.source.replace("One", "Won")
    wording.write(source.session, entry, wording.Words("T", "", edited), by="E",
                  now=source.time.now())
    source.session.commit()
    fetch(source)
    assert shown(source).startswith('<p>Won</p><p><img src="/media/')


def test_a_form_that_was_opened_before_the_picture_came_does_not_lose_it(source: Source) -> None:
    url = source.server.serve(jpeg(), "/a.jpg")
    bring(source, f'<p>One</p><p><img src="{url}" alt="A"></p>')
    before = source.entries()[0].source
    fetch(source)
    [entry] = source.entries()
    wording.write(source.session, entry, wording.Words("T", "", before), by="E",
                  now=source.time.now())
    source.session.commit()
    fetch(source)
    assert "/media/" in shown(source)


def test_what_an_editor_took_out_does_not_come_back(source: Source) -> None:
    url = source.server.serve(jpeg(), "/a.jpg")
    bring(source, f'<p>One</p><p><img src="{url}" alt="A"></p>')
    [entry] = source.entries()
    wording.write(source.session, entry, wording.Words("T", "", "<p>Mine.</p>"), by="E",
                  now=source.time.now())
    source.session.commit()
    fetch(source)
    assert shown(source) == "<p>Mine.</p>"


def test_for_a_text_that_was_refused_or_is_an_excerpt_nothing_is_fetched(source: Source) -> None:
    url = source.server.serve(jpeg(), "/a.jpg")
    bring(source, f'<p>One</p><img src="{url}">', show=Show.EXCERPT)
    fetch(source)
    source.feed.show = Show.FULL
    source.session.commit()
    source.says(Item("two", text=f'<p>Two</p><img src="{url}">'))
    source.entries()[1].state = EntryState.REMOVED
    source.session.commit()
    fetch(source)
    assert source.server.count("/a.jpg") == 0


def test_an_item_with_a_thousand_pictures_shows_thirty(source: Source) -> None:
    many = "".join(f'<img src="http://127.0.0.1:1/{number}.jpg">' for number in range(1000))
    bring(source, f"<p>One</p>{many}")
    assert len(wanted(source.entries()[0].source)) == 30
