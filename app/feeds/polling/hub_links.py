"""Hub and topic of a feed, as its server or the feed itself names them (W3C WebSub, section 4)."""

import re
from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

LONGEST = 2000
_LINK = re.compile(r"<([^<>]{1,2000})>((?:\s*;\s*[\w!#$&+.^`|~*-]+(?:\s*=\s*"
                   r"(?:\"[^\"]*\"|[^\s\",;]+))?)*)")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s\",;]+))", re.I)


def hub_and_topic(headers: Mapping[str, str], base: str, hub: str | None,
                  topic: str | None) -> tuple[str | None, str | None]:
    """The hub's address and the one it knows the feed by; Link headers count before the feed.

    `hub` and `topic` are what the feed says of itself. Both or neither: without `rel=self` there
    is nothing a hub could be asked for.
    """
    said = _links(headers.get("link", ""), base)
    found = (said.get("hub") or hub, said.get("self") or topic)
    return found if all(found) and all(map(_is_web, found)) else (None, None)


def _links(value: str, base: str) -> dict[str, str]:
    links: dict[str, str] = {}
    for target, parameters in _LINK.findall(value[:20_000]):
        for quoted, plain in _REL.findall(parameters):
            for relation in (quoted or plain).lower().split():
                links.setdefault(relation, _joined(base, target.strip()))
    return links


def _joined(base: str, target: str) -> str:
    try:
        return urljoin(base, target)
    except ValueError:
        return ""


def _is_web(url: str | None) -> bool:
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and len(url or "") <= LONGEST
