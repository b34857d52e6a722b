"""Tags as the keys by which a CDN purges: bounded in number, and one that all pages have."""

from collections import Counter
from collections.abc import Iterable

from app.pagecache.changing import EVERYTHING

SITE = "site"
# Of the header that names them. Fastly takes 16 kB; some proxies take 4 of all headers together.
LONGEST = 2_000


def of_page(tags: Iterable[str]) -> str:
    """The keys of a page. One with very many rows of a kind has a key for any of that kind."""
    kept = {SITE, *tags}
    while len(found := " ".join(sorted(kept))) > LONGEST:
        kinds = Counter(kind for each in kept if (kind := _kind(each)))
        if not kinds:
            return SITE
        [(most, _times)] = kinds.most_common(1)
        kept = {each for each in kept if _kind(each) != most} | {_any(most)}
    return found


def of_change(tags: Iterable[str]) -> set[str]:
    """The keys of all pages that carry one of these tags."""
    tags = set(tags)
    if EVERYTHING in tags:
        return {SITE}
    return tags | {_any(kind) for each in tags if (kind := _kind(each))}


def _kind(tag: str) -> str:
    kind, colon, _rest = tag.partition(":")
    return kind if colon else ""


def _any(kind: str) -> str:
    return f"any-{kind}"
