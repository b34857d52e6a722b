"""The house rules about templates, read from the templates."""

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, meta, nodes

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = ROOT / "templates"
FRAGMENTS = sorted(TEMPLATES.rglob("_*.html"))
PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if not path.name.startswith("_"))
DECLARATION = re.compile(r"^\{# in: ?([\w, ]*?) ?#\}$")


def name(path: Path) -> str:
    return str(path.relative_to(TEMPLATES))


@pytest.fixture(scope="module")
def environment() -> Environment:
    return Environment(autoescape=True, extensions=["jinja2.ext.do"])


def declared(path: Path) -> set[str]:
    found = DECLARATION.match(path.read_text().split("\n")[0])
    assert found, f"{name(path)} does not begin with its inputs: {{# in: … #}}"
    return {each.strip() for each in found.group(1).split(",") if each.strip()}


def test_a_fragment_declares_what_it_uses(app: Flask) -> None:
    known = {*app.jinja_env.globals, "config", "request", "session", "g", "get_flashed_messages"}
    for path in FRAGMENTS:
        used = meta.find_undeclared_variables(app.jinja_env.parse(path.read_text())) - known
        assert used <= declared(path), f"{name(path)}: {sorted(used - declared(path))} undeclared"


# What differs from one request to the next.
PASSING = {"request", "session", "g", "get_flashed_messages", "viewer", "now", "url_for"}


def test_a_piece_sees_nothing_but_what_it_is_given(app: Flask) -> None:
    texts = {name(path): path.read_text() for path in TEMPLATES.rglob("*.html")}
    waiting = [found for text in texts.values() for found in re.findall(r'piece\("([^"]+)"', text)]
    pieces: set[str] = set()
    while waiting:
        piece = waiting.pop()
        if piece not in pieces:
            pieces.add(piece)
            waiting += re.findall(r'{% (?:include|from|import|extends) "([^"]+)"', texts[piece])
    assert len(pieces) > 10
    for piece in pieces:
        used = meta.find_undeclared_variables(app.jinja_env.parse(texts[piece]))
        assert not used & PASSING, f"{piece} is a piece and looks at {sorted(used & PASSING)}"


def roots_of(path: Path) -> int:
    """How many elements stand side by side in a fragment; fails if it leaves one open."""
    body = re.sub(r"\{[#%].*?[#%]\}", "", path.read_text(), flags=re.DOTALL)
    depth, roots = 0, 0
    for close, tag, end in re.findall(r"<(/?)([a-zA-Z][\w-]*|h\{\{[^}]*\}\})[^>]*?(/?)>", body):
        if tag in {"input", "img", "br", "hr", "meta", "link", "option", "script"} or end:
            roots += depth == 0 and tag not in {"meta", "link", "script"}
            continue
        roots += not close and depth == 0
        depth += -1 if close else 1
    assert depth == 0, f"{name(path)} does not close what it opens"
    return roots


def test_a_fragment_has_one_root_element() -> None:
    several = {name(path): roots_of(path) for path in FRAGMENTS
               if roots_of(path) > 1 and path.name not in LISTS_OF_SIBLINGS}
    assert not several


# Each draws several siblings on purpose: a caller that swaps one of them names it by its own id.
LISTS_OF_SIBLINGS = {"_names.html", "_monogram.html", "_counterparts.html", "_speeches.html",
                     "_words.html", "_particulars.html", "_piece.html", "_badge.html",
                     "_status.html", "_list.html", "_review_text.html", "_player.html",
                     "_text.html", "_fields.html"}


def test_every_fragment_is_used() -> None:
    used = set()
    for path in TEMPLATES.rglob("*"):
        if path.is_file():
            used |= set(re.findall(r'"([\w/]+/_[\w.]+html)"', path.read_text()))
    for path in (ROOT / "app").rglob("*.py"):
        used |= set(re.findall(r'"([\w/]+/_[\w.]+html)"', path.read_text()))
    unused = {name(path) for path in FRAGMENTS} - used
    assert not unused, f"nobody uses {sorted(unused)}"


INLINE = re.compile(r"<style| style=|<script(?![^>]*\bsrc=)|\s(?:on\w+|hx-on[\w:-]*)=")


def test_a_page_has_no_inline_code() -> None:
    assert not {name(path): found for path in PAGES if (found := INLINE.findall(path.read_text()))}


def test_an_answer_for_htmx_is_made_of_includes_and_swaps(environment: Environment) -> None:
    for path in TEMPLATES.rglob("*.hx.html"):
        tree = environment.parse(path.read_text())
        assert not list(tree.find_all(nodes.For)), f"{name(path)} loops: make a fragment of it"
        assert len(path.read_text().splitlines()) <= 10, f"{name(path)} has grown into a page"


def test_every_htmx_attribute_stands_beside_a_true_address() -> None:
    for path in PAGES:
        for tag in re.findall(r"<[^>]*\bhx-(?:get|post)=[^>]*>", path.read_text()):
            assert re.search(r'\b(href|action|formaction|data-key)="', tag), (name(path), tag)
