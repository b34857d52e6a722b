"""An address somebody typed, taken apart once, so that what is checked is what is asked."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from app.fetch.failing import FetchFailed, Kind

LONGEST = 4096
WEB_PORTS = {"http": 80, "https": 443}
# Above 1023, where small web servers do live: the Fetch standard's "bad ports" and databases.
OTHER_TRADES = frozenset({
    1719, 1720, 1723, 2049, 3306, 3659, 4045, 4190, 5060, 5061, 5432, 6000, 6379, 6566,
    6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080, 11211, 27017,
})

_START = re.compile(r"https?://([^/?#]+)", re.IGNORECASE)
_ODD = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2000-\u200f\u2028-\u202f\u2060\u3000\ufeff]")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")
_NUMBER = re.compile(r"(?:.*\.)?(?:0x[0-9a-f]*|[0-9]+)\.?")


@dataclass(frozen=True)
class Target:
    """One address to ask: `host` is a name or a literal without brackets, `path` has its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def is_literal(self) -> bool:
        """Whether the host is an IP address and needs no look-up."""
        return ":" in self.host or _NUMBER.fullmatch(self.host) is not None

    @property
    def url(self) -> str:
        """The address as it is asked: normalised, without a fragment."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == WEB_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"

    @property
    def is_on_a_web_port(self) -> bool:
        """80, 443, or above 1023 and not known to be another trade's."""
        return self.port in WEB_PORTS.values() or (
            self.port > 1023 and self.port not in OTHER_TRADES
        )


def aim(url: str) -> Target:
    """The parts of an http(s) address.

    Raises FetchFailed for another scheme, a user name, white space, control characters or a
    backslash, and for an IP address in any notation but the usual one.
    """
    start = _START.match(url)
    if start is None:
        raise FetchFailed(Kind.URL, "The address must begin with http:// or https://.")
    if len(url) > LONGEST or _ODD.search(url):
        raise FetchFailed(Kind.URL, "The address has characters that no web address has.")
    if "@" in start.group(1):
        raise FetchFailed(Kind.URL, "The address must not carry a user name.")
    return _parts(_parse(url))


def _parse(url: str) -> Url:
    try:
        return parse_url(url)
    except (LocationParseError, UnicodeError) as error:
        raise FetchFailed(Kind.URL, "This is not a web address.") from error


def _parts(url: Url) -> Target:
    scheme = url.scheme or ""
    port = WEB_PORTS[scheme] if url.port is None else url.port
    if not 0 < port < 65536:
        raise FetchFailed(Kind.URL, f"There is no port {port}.")
    return Target(scheme, _host(url.host or ""), port, url.request_uri)


def _host(host: str) -> str:
    try:
        # A zone ("%eth0") means an address of this very network.
        if host.startswith("[") and "%" not in host:
            return str(IPv6Address(host.strip("[]")))
        if _NUMBER.fullmatch(host):
            return str(IPv4Address(host))
    except ValueError as error:
        raise FetchFailed(Kind.ADDRESS, f"{host} is no usual way to write an address.") from error
    if len(host) > 254 or not _NAME.fullmatch(host):
        raise FetchFailed(Kind.URL, "The address has no proper host name.")
    return host
