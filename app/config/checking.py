"""What each kind of setting may look like: from its name and its value to the value that is meant.

Raises BadSetting, which names it.
"""

from collections.abc import Callable
from pathlib import Path
from re import fullmatch
from urllib.parse import SplitResult, parse_qsl, urlsplit

Check = Callable[[str, str], object]
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
# Rule: "Bucket naming rules" of Amazon S3; others that speak S3 do not go beyond them.
BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
BUCKET_PREFIX = r"/?|(?:/[0-9A-Za-z_-][0-9A-Za-z._-]*)+/?"
BUCKET_MORE = {"endpoint", "region", "public"}
# How the log is written; by default text on a terminal and JSON elsewhere.
FORMATS = ("json", "text", "off")


class BadSetting(ValueError):
    """A setting is unknown or cannot be used; the text is one sentence that says which."""


def text(name: str, value: str) -> str:
    """Any words."""
    return value


def path(name: str, value: str) -> Path:
    """A file or a directory, also of somebody's home."""
    return Path(value).expanduser()


def hops(name: str, value: str) -> int:
    """How many stand between, ten at the most."""
    if not value.isdecimal() or int(value) > 10:
        raise BadSetting(f"{name} must be a whole number from 0 to 10, not {value!r}.")
    return int(value)


def megabytes(name: str, value: str) -> int:
    """Memory, in whole megabytes."""
    if not value.isdecimal() or int(value) > 100_000:
        raise BadSetting(f"{name} must be a whole number of megabytes, not {value!r}.")
    return int(value)


def secret(name: str, value: str) -> str:
    """What nobody can guess."""
    if len(value) < 16:
        raise BadSetting(f"{name} is too short: at least 16 characters, please.")
    return value


def log_format(name: str, value: str) -> str:
    """One of FORMATS."""
    if value not in FORMATS:
        raise BadSetting(f"{name} must be one of {', '.join(FORMATS)}, not {value!r}.")
    return value


def language(name: str, value: str) -> str:
    """A language code, as far as its form can tell."""
    if not value.replace("-", "").isalnum() or not 2 <= len(value) <= 20:
        raise BadSetting(f"{name} must be a language code such as en or pt-BR, not {value!r}.")
    return value


def one_of(*schemes: str) -> Check:
    """An address that begins with one of these."""
    def check(name: str, value: str) -> str:
        if _split(name, value).scheme not in schemes:
            raise BadSetting(f"{name} must begin with {' or '.join(s + '://' for s in schemes)}.")
        return value
    return check


def web_address(name: str, value: str) -> str:
    """The address of a web server, without a slash at its end."""
    _split(name, value)
    if not is_web_address(value):
        raise BadSetting(f"{name} must look like https://example.org, not {value!r}.")
    return value.rstrip("/")


def is_web_address(value: str) -> bool:
    """Whether a value is the address of a web server, with or without a path."""
    parts = urlsplit(value)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.query


def spam_service(name: str, value: str) -> str:
    """The address of a spam service with its key, which travels encrypted."""
    parts = _split_unsaid(name, value)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not (safe and parts.username and parts.hostname) or parts.query or parts.fragment:
        raise BadSetting(f"{name} must look like https://KEY@host.")
    return value


def cdn(name: str, value: str) -> str:
    """The address at which a CDN is told what to drop. A token travels encrypted."""
    parts = _split_unsaid(name, value)
    safe = parts.scheme == "https" or parts.hostname in LOOPBACK or not parts.username
    if (parts.scheme not in {"http", "https"} or not parts.hostname or not safe
            or parts.query or parts.fragment):
        raise BadSetting(f"{name} must look like https://TOKEN@host/path, or, without a token,"
                         " http://host/path.")
    return value


def media(name: str, value: str) -> str:
    """A directory, or a bucket with what is needed to reach it."""
    if "://" not in value:
        return value
    parts = _split(name, value)
    more = dict(parse_qsl(parts.query, keep_blank_values=True))
    addresses = [more[key] for key in ("endpoint", "public") if key in more]
    if (parts.scheme != "s3" or not fullmatch(BUCKET, parts.netloc) or parts.fragment
            or not fullmatch(BUCKET_PREFIX, parts.path) or more.keys() - BUCKET_MORE
            or not all(map(is_web_address, addresses))):
        raise BadSetting(f"{name} must be a directory or look like s3://bucket or s3://bucket/prefix"
                         f" with ?endpoint=, region= or public= where needed, not {value!r}.")
    return value


def _split(name: str, value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise BadSetting(f"{name} is not an address: {value!r}.") from None
    return parts


def _split_unsaid(name: str, value: str) -> SplitResult:
    # The value may have a key in it, so what is wrong is said without the value.
    try:
        return _split(name, value)
    except BadSetting:
        return urlsplit("")
