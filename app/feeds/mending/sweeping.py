"""What stands in a feed's text and is no part of it: what is hidden, share rows, residue."""

import re
from urllib.parse import urlsplit

from app.feeds.mending.tree import Element, remove, unwrap, words

DROPPED = frozenset({
    "script", "style", "template", "svg", "math", "canvas", "object", "embed", "applet", "link",
    "meta", "title", "base", "head", "input", "button", "select", "textarea", "label", "option",
    "frame", "frameset", "dialog", "map", "noembed", "noframes",
})
PLAYERS = frozenset({"iframe", "video", "audio"})
PLAYER_HOSTS = {
    "youtube.com": "YouTube", "youtube-nocookie.com": "YouTube", "youtu.be": "YouTube",
    "vimeo.com": "Vimeo", "dailymotion.com": "Dailymotion", "ted.com": "TED",
    "wistia.com": "Wistia", "wistia.net": "Wistia", "loom.com": "Loom",
    "soundcloud.com": "SoundCloud", "spotify.com": "Spotify", "anchor.fm": "Anchor",
    "podcasts.apple.com": "Apple Podcasts", "libsyn.com": "Libsyn", "buzzsprout.com": "Buzzsprout",
    "podbean.com": "Podbean", "simplecast.com": "Simplecast", "captivate.fm": "Captivate",
    "transistor.fm": "Transistor", "bandcamp.com": "Bandcamp", "mixcloud.com": "Mixcloud",
}
MEDIA_FILE = re.compile(r"\.(?:mp3|m4a|ogg|oga|opus|wav|mp4|m4v|webm|mov)$", re.I)
HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all"
                    r"|font-size\s*:\s*0(?![.\d])", re.I)
UNSEEN = re.compile(r"(?:^|\s)(?:screen-reader-text|sr-only|visually-hidden|visuallyhidden"
                    r"|display-none|d-none|preheader)(?:\s|$)", re.I)
SHARING = re.compile(
    r"(?:^|[\s_-])(?:sharedaddy|sharing|jp-relatedposts|addtoany\w*|addthis\w*|a2a_kit"
    r"|share-?(?:this|buttons?|bar|icons?|links?|row|post)|social-?(?:share|sharing|links|icons)"
    r"|post-?share|heateor\w*|essb_\w*|ssba\w*|feedflare|wp-block-outermost-social-sharing)"
    r"(?:[\s_-]|$)", re.I)


def sweep(body: Element, left_out: list[str]) -> None:
    """Takes out of the tree what readers were not meant to read; notes what had words."""
    for element in list(body.iter()):
        tag = element.tag
        if tag in DROPPED:
            remove(element)
        elif tag in PLAYERS:
            _make_link(element)
        elif tag == "noscript":
            unwrap(element)
        elif element.attrib and _is_unseen(element):
            remove(element)
        elif element.attrib and _is_share_row(element):
            left_out.append(words(element))
            remove(element)


def _is_unseen(element: Element) -> bool:
    get = element.get
    if get("hidden") is not None or HIDING.search(get("style") or ""):
        return True
    if get("aria-hidden") == "true":
        return len(words(element)) < 3 and element.find(".//img") is None
    return UNSEEN.search(get("class") or "") is not None


def _is_share_row(element: Element) -> bool:
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    # An article may sit in a box that merely has a row of buttons at its end.
    return len(names) > 1 and bool(SHARING.search(names)) and len(words(element)) < 400


def _make_link(element: Element) -> None:
    source = element.find("source")
    address = element.get("src") or (source.get("src") if source is not None else None) or ""
    name = _player(address)
    if not name:
        remove(element)
        return
    title = " ".join((element.get("title") or "").split())[:200]
    for child in list(element):
        remove(child)
    element.attrib.clear()
    element.tag, element.text = "a", title or f"Listen or watch at {name}"
    element.set("href", _watched(address))


def _player(address: str) -> str:
    try:
        parts = urlsplit(address.strip())
        host = (parts.hostname or "").lower()
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https", ""} or not host:
        return ""
    if MEDIA_FILE.search(parts.path):
        return host
    known = (name for end, name in PLAYER_HOSTS.items() if host == end or host.endswith(f".{end}"))
    return next(known, "")


def _watched(address: str) -> str:
    # What goes into a frame is not always what a person can open.
    address = address.strip()
    address = f"https:{address}" if address.startswith("//") else address
    found = re.match(r"https?://(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]{5,20})", address)
    if found:
        return f"https://www.youtube.com/watch?v={found.group(1)}"
    found = re.match(r"https?://player\.vimeo\.com/video/(\d+)", address)
    return f"https://vimeo.com/{found.group(1)}" if found else address
