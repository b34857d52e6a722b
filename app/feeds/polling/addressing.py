"""The address of a feed: the one form it is kept in, its host, and whether that is throttled."""

from urllib.parse import urlsplit, urlunsplit

from app.fetch import Allow

WEB_PORTS = {"http": 80, "https": 443}


class BadAddress(ValueError):
    """An address that cannot be a feed's; the text says why."""


def normal(url: str) -> str:
    """A feed's address as it is kept; raises BadAddress."""
    typed = url.strip()
    if "://" not in typed:
        typed = f"https://{typed}"
    try:
        parts = urlsplit(typed)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise BadAddress(f"{url!r} is not a web address.") from None
    if parts.scheme.lower() not in WEB_PORTS or not host or parts.username is not None:
        raise BadAddress(f"{url!r} is not a web address.")
    if len(typed) > 2000 or any(sign <= " " or sign == "\x7f" for sign in typed):
        raise BadAddress(f"{url!r} is not a web address.")
    scheme = parts.scheme.lower()
    shown_port = f":{port}" if port and port != WEB_PORTS[scheme] else ""
    place = (f"[{host}]" if ":" in host else host) + shown_port
    return urlunsplit((scheme, place, parts.path or "/", parts.query, ""))


def host_of(url: str) -> str:
    """The server behind an address, whatever its port; "" for what is no address."""
    try:
        return (urlsplit(url).hostname or "").lower().rstrip(".")
    except ValueError:
        return ""


def is_unthrottled(url: str, allow: Allow) -> bool:
    """Whether the host of this address stands in the list of allowed ones, by name or network."""
    parts, host = urlsplit(url), host_of(url)
    port = parts.port or WEB_PORTS.get(parts.scheme, 0)
    # No other name is looked up for this.
    address = "127.0.0.1" if host == "localhost" else host
    try:
        return allow.names(host, port) or allow.permits(host, port, address)
    except ValueError:
        return False
