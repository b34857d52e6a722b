"""What templates may call: ids, times, cleaned text, numbers in words."""

import html
import re
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.templating import Environment as FlaskEnvironment
from markupsafe import Markup, escape

from app import clock, text
from app.web.viewer import viewer


def dom_id(subject: Any, part: str = "") -> str:
    """The id of an element that shows `subject`: `item-12`, `comment-x7k`, `comment-x7k-form`."""
    kind = getattr(subject, "dom_name", None) or _kebab(type(subject).__name__)
    key = getattr(subject, "public_id", None) or subject.id
    return "-".join(filter(None, (kind, str(key), part)))


@cache
def _kebab(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def iso(moment: datetime) -> str:
    """A moment as RFC 3339 in UTC with a Z."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@lru_cache(maxsize=4_096)
def day(moment: datetime | None) -> Markup:
    """A `<time>` that says the day; our script words recent ones as "2 days ago"."""
    if moment is None:
        return Markup("")
    there = moment.astimezone(UTC)
    return Markup(f'<time datetime="{iso(there)}">{there.day} {there:%B %Y}</time>')  # noqa: S704


@lru_cache(maxsize=4_096)
def moment(value: datetime | None) -> Markup:
    """A `<time>` that says day, hour and zone."""
    if value is None:
        return Markup("")
    there = value.astimezone(UTC)
    words = f"{there.day} {there:%B %Y, %H:%M} UTC"
    return Markup(f'<time datetime="{iso(there)}">{words}</time>')  # noqa: S704


def cleaned(markup: str | None, rel: str = text.OUTSIDE_REL) -> Markup:
    """Stored HTML on its way into a page, through the allow-list once more."""
    return Markup(text.clean_html(markup or "", rel=rel))  # noqa: S704 - nh3 has just cleaned it


# What an editor can still look at; more words cost more than they say.
MOST_NEEDLES = 50
# In cleaned HTML every "<" begins a tag, and only quoted values may hold a ">".
_TAG = re.compile(r"""(<[^">]*(?:"[^"]*"[^">]*)*>)""")


def marked(words: str, needles: Sequence[str]) -> Markup:
    """Escaped text with every needle in a `<mark>`."""
    pattern = _any_of(needles)
    return _marked(words, pattern) if pattern else escape(words)


def _any_of(needles: Sequence[str]) -> re.Pattern[str] | None:
    found = [re.escape(needle) for needle in needles if needle][:MOST_NEEDLES]
    return re.compile(f"({'|'.join(found)})", re.IGNORECASE) if found else None


def _marked(words: str, pattern: re.Pattern[str]) -> Markup:
    return Markup("").join(Markup("<mark>{}</mark>").format(part) if index % 2 else escape(part)
                           for index, part in enumerate(pattern.split(words)))


def highlighted(markup: Markup, needles: Sequence[str]) -> Markup:
    """Cleaned HTML with every needle in its text in a `<mark>`; tags stay as they are."""
    # Once for the whole text: a comment may have a thousand pieces between its tags.
    pattern = _any_of(needles)
    if pattern is None:
        return markup
    return Markup("").join(Markup(part) if index % 2 else _marked(html.unescape(part), pattern)  # noqa: S704
                           for index, part in enumerate(_TAG.split(markup)))


_QUOTED = re.compile(r"<blockquote\b.*?</blockquote>", re.DOTALL)


def own_words(markup: str) -> str:
    """The words of a remark without marks, and without what it quotes if it says more."""
    return text.plain(_QUOTED.sub("", markup)) or text.plain(markup)


def host(address: str) -> str:
    """Where a link really leads, in the form that machines compare: no sign looks like another."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def clock_time(seconds: float | None) -> str:
    """Seconds as 4:07 or 1:02:33."""
    whole = int(seconds or 0)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def initials(name: str) -> str:
    """One or two letters for a monogram."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in dict.fromkeys((*words[:1], *words[1:][-1:]))).upper()


def hue(name: str) -> int:
    """A number from 0 to 5 that stays with a name: which colour its monogram has."""
    return zlib.crc32(name.encode()) % 6


def counted(number: int, one: str, many: str | None = None) -> str:
    """"1 comment", "2 comments"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def field_attributes(field: Any, hint: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """The attributes of an input: the template's, and those that tie hint and error to it."""
    described = [f"{field.id}-{part}" for part, there in (("hint", hint), ("error", field.errors))
                 if there]
    attributes = dict(wanted)
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if field.errors:
        attributes["aria-invalid"] = "true"
    return attributes


# The parts of the site, as the masthead leads to them.
SECTIONS = {"/posts/": "Posts", "/episodes/": "Episodes", "/series/": "Series",
            "/topics/": "Topics", "/people/": "People"}


def place(path: str) -> tuple[str, bool]:
    """The section that an address is in, "" for none, and whether it is the section's own."""
    section = f"/{path.split('/', 2)[1]}/"
    return (section, section == path) if section in SECTIONS else ("", False)


def now() -> datetime:
    """The present moment, for what lapses by itself."""
    return clock.now()


class Environment(FlaskEnvironment):
    """Jinja with globals that are one dictionary for all templates.

    By default each template has a view of it, which is walked through, key by key, for every
    fragment that is included: most of what an include costs.
    """

    def make_globals(self, d: Any) -> Any:
        """The globals of a template: all the same, unless it brings some of its own."""
        return {**self.globals, **d} if d else self.globals


def init_app(app: Flask) -> None:
    """Gives every template the functions above, the viewer, and the site's names."""
    app.jinja_environment = Environment
    # All of them: there are not many, and to know which was used last costs more than it saves.
    app.jinja_options = {**app.jinja_options, "cache_size": -1}
    app.jinja_env.globals.update(dom_id=dom_id, viewer=viewer, now=now, place=place,
                                 field_attributes=field_attributes, SECTIONS=SECTIONS)
    app.jinja_env.filters.update(iso=iso, day=day, moment=moment, cleaned=cleaned, marked=marked,
                                 highlighted=highlighted, host=host, own_words=own_words,
                                 clock_time=clock_time, initials=initials, hue=hue,
                                 counted=counted, shorten=text.shorten)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
