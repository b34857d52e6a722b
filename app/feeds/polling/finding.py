"""The feeds of a web site: declared, linked, or where feeds usually are; each one read before told.

At most a dozen requests, all through the guard. The next guess is made only when the one before
it found nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import urljoin

from app.feeds.parsing import ParsedFeed, ParseFailed, parse
from app.feeds.polling.announcing import declared, is_about_comments, linked
from app.feeds.polling.asking import Asking
from app.feeds.polling.fetching import ACCEPT, Answer, permanently
from app.feeds.polling.threads import all_of
from app.fetch import Fetched, FetchFailed, get

REQUESTS = 12
AT_ONCE = 3
# A person waits for the answer, or a worker with other feeds to ask.
SECONDS = 10
PAGE_ACCEPT = f"text/html, application/xhtml+xml, {ACCEPT}"
USUAL = ("feed/", "/feed", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/rss", "/feed.json")


@dataclass(frozen=True)
class Candidate:
    """A feed that was read just now: its address, the title it gives itself, and what it says.

    `read_at` is where redirects led, `digest` that of the answer.
    """

    url: str
    title: str
    parsed: ParsedFeed
    read_at: str = ""
    digest: str = ""


def find(url: str, asking: Asking, most: int = REQUESTS) -> tuple[Candidate, ...]:
    """The feeds to be had at the address of a site, a page or a feed, the likeliest first.

    At most `most` addresses are asked. Empty if there are none. Raises FetchFailed, whose text is
    one sentence, if the address gives no answer at all; an error status still leaves the usual
    places to try.
    """
    limits = replace(asking.limits, total=min(SECONDS, asking.limits.total))
    asking = replace(asking, limits=limits)
    page = _ask(url, asking, PAGE_ACCEPT)
    if itself := _read(page, url):
        return (itself,)
    text = page.body.decode("utf-8", "replace") if page.status == 200 else ""
    tried: set[str] = {url, page.url}
    for guess in (declared(text, page.url), linked(text, page.url), _usual(page.url)):
        if found := _readable(guess, asking, tried, most):
            return found
    return ()


def _usual(url: str) -> tuple[str, ...]:
    return tuple(urljoin(url, path) for path in USUAL)


def _readable(guess: Iterable[str], asking: Asking, tried: set[str],
              most: int) -> tuple[Candidate, ...]:
    new = [each for each in guess if each not in tried][:max(0, most - len(tried))]
    tried.update(new)
    read = dict(all_of([partial(_candidate, url, asking) for url in new], AT_ONCE, "find"))
    # They end in any order; what a page names first counts first.
    return _ranked([found for url in new if (found := read[url])])


def _candidate(url: str, asking: Asking) -> tuple[str, Candidate | None]:
    try:
        return url, _read(_ask(url, asking, ACCEPT), url)
    except FetchFailed:
        return url, None


def _ranked(found: Sequence[Candidate]) -> tuple[Candidate, ...]:
    unlike: list[Candidate] = []
    for each in found:
        # Two addresses that lead to one place, or to the very same words, are one feed.
        if not any(each.url == one.url or each.parsed == one.parsed for one in unlike):
            unlike.append(each)
    return tuple(sorted(unlike, key=lambda each: is_about_comments(each.url, each.title)))


def _ask(url: str, asking: Asking, accept: str) -> Fetched:
    return get(url, headers={"User-Agent": asking.agent, "Accept": accept}, allow=asking.allow,
               limits=asking.limits, resolve=asking.resolve)


def _read(answer: Fetched, url: str) -> Candidate | None:
    if answer.status != 200:
        return None
    try:
        parsed = parse(answer.body, content_type=answer.headers.get("content-type", ""),
                       url=answer.url)
    except ParseFailed:
        return None
    kind = answer.headers.get("content-type", "")
    return Candidate(permanently(answer.hops) or url, parsed.title, parsed, answer.url,
                     Answer(answer.body, kind, answer.headers, answer.url).digest)
