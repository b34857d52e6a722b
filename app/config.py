"""What an installation can set: the LECTERN_… variables, checked once at start."""

import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from re import fullmatch
from tempfile import NamedTemporaryFile
from urllib.parse import SplitResult, parse_qsl, urlsplit

from app import disk

PREFIX = "LECTERN_"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
# Rule: "Bucket naming rules" of Amazon S3; others that speak S3 do not go beyond them.
BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
BUCKET_PREFIX = r"/?|(?:/[0-9A-Za-z_-][0-9A-Za-z._-]*)+/?"
BUCKET_MORE = {"endpoint", "region", "public"}
# How the log is written; by default text on a terminal and JSON elsewhere.
FORMATS = ("json", "text", "off")


class BadSetting(ValueError):
    """A setting is unknown or cannot be used; the text is one sentence that says which."""


@dataclass(frozen=True)
class Settings:
    """Every setting of an installation, typed. `Settings.read(os.environ)` makes one."""

    data: Path = Path("instance")
    database_url: str = ""
    secret_key: str = field(default="", repr=False)
    base_url: str = "http://127.0.0.1:8000"
    trusted_proxies: int = 0
    mail_url: str = field(default="", repr=False)
    queue_url: str = field(default="", repr=False)
    media_url: str = ""
    feed_allow: str = ""
    spam_service_url: str = field(default="", repr=False)
    title: str = "Lectern"
    language: str = "en"
    page_cache: int = 64
    log: str = ""
    metrics_token: str = field(default="", repr=False)
    cdn_purge_url: str = field(default="", repr=False)

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Settings":
        """Settings from environment variables; raises BadSetting naming the first bad one."""
        names = {PREFIX + name.upper(): name for name in cls.__dataclass_fields__}
        given = {key: value for key, value in environ.items() if key.startswith(PREFIX)}
        for key in sorted(given.keys() - names.keys()):
            raise BadSetting(f"{key} is not a setting of Lectern. Known are: {', '.join(names)}.")
        values = {names[key]: _CHECKS[names[key]](key, value.strip())
                  for key, value in given.items() if value.strip()}
        return cls(**values)  # type: ignore[arg-type]

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the database."""
        return self.database_url or f"sqlite:///{(self.data / 'lectern.sqlite').absolute()}"

    @property
    def media(self) -> Path:
        """The directory that uploaded files are kept in, unless a bucket is set."""
        return (self.data / "media").absolute()

    @property
    def outbox(self) -> Path:
        """The directory that mail is written to where no mail server is set."""
        return (self.data / "outbox").absolute()

    @property
    def secure(self) -> bool:
        """False only for http on loopback, where a browser would drop a Secure cookie."""
        address = urlsplit(self.base_url)
        return not (address.scheme == "http" and address.hostname in LOOPBACK)

    @property
    def metrics(self) -> Path:
        """The directory in which the processes of this machine count."""
        return (self.data / "metrics").absolute()

    def secret(self) -> str:
        """The key that signs sessions: as set, else made once and kept in the data directory."""
        return self.secret_key or _kept_secret(self.kept_key)

    @property
    def kept_key(self) -> Path:
        """The file of the key that is kept in the data directory unless one is set."""
        return self.data / "secret_key"


def _kept_secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        # Linked only when it is whole: of processes that start at once, one makes the key for all.
        with NamedTemporaryFile("w", dir=path.parent, prefix=".secret_key") as draft:
            draft.write(secrets.token_urlsafe(48))
            draft.flush()
            os.fsync(draft.fileno())
            with suppress(FileExistsError):
                os.link(draft.name, path)
        disk.sync(path.parent)
    return path.read_text().strip()


def _text(name: str, value: str) -> str:
    return value


def _path(name: str, value: str) -> Path:
    return Path(value).expanduser()


def _count(name: str, value: str) -> int:
    if not value.isdecimal() or int(value) > 10:
        raise BadSetting(f"{name} must be a whole number from 0 to 10, not {value!r}.")
    return int(value)


def _megabytes(name: str, value: str) -> int:
    if not value.isdecimal() or int(value) > 100_000:
        raise BadSetting(f"{name} must be a whole number of megabytes, not {value!r}.")
    return int(value)


def _split(name: str, value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise BadSetting(f"{name} is not an address: {value!r}.") from None
    return parts


def is_web_address(value: str) -> bool:
    """Whether a value is the address of a web server, with or without a path."""
    parts = urlsplit(value)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.query


def _web_address(name: str, value: str) -> str:
    _split(name, value)
    if not is_web_address(value):
        raise BadSetting(f"{name} must look like https://example.org, not {value!r}.")
    return value.rstrip("/")


def _spam_service(name: str, value: str) -> str:
    # The value has a key in it, so what is wrong is said without the value.
    try:
        parts = _split(name, value)
    except BadSetting:
        parts = urlsplit("")
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not (safe and parts.username and parts.hostname) or parts.query or parts.fragment:
        raise BadSetting(f"{name} must look like https://KEY@host.")
    return value


def _cdn(name: str, value: str) -> str:
    # As above: a token may be in it, which is not for every line on the way.
    try:
        parts = _split(name, value)
    except BadSetting:
        parts = urlsplit("")
    safe = parts.scheme == "https" or parts.hostname in LOOPBACK or not parts.username
    if (parts.scheme not in {"http", "https"} or not parts.hostname or not safe
            or parts.query or parts.fragment):
        raise BadSetting(f"{name} must look like https://TOKEN@host/path, or, without a token,"
                         " http://host/path.")
    return value


def _one_of(*schemes: str) -> Callable[[str, str], str]:
    def check(name: str, value: str) -> str:
        if _split(name, value).scheme not in schemes:
            raise BadSetting(f"{name} must begin with {' or '.join(s + '://' for s in schemes)}.")
        return value
    return check


def _media(name: str, value: str) -> str:
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


def _secret(name: str, value: str) -> str:
    if len(value) < 16:
        raise BadSetting(f"{name} is too short: at least 16 characters, please.")
    return value


def _log(name: str, value: str) -> str:
    if value not in FORMATS:
        raise BadSetting(f"{name} must be one of {', '.join(FORMATS)}, not {value!r}.")
    return value


def _language(name: str, value: str) -> str:
    if not value.replace("-", "").isalnum() or not 2 <= len(value) <= 20:
        raise BadSetting(f"{name} must be a language code such as en or pt-BR, not {value!r}.")
    return value


_CHECKS: dict[str, Callable[[str, str], object]] = {
    "data": _path,
    "database_url": _one_of("sqlite", "postgresql+psycopg"),
    "secret_key": _secret,
    "base_url": _web_address,
    "trusted_proxies": _count,
    "mail_url": _one_of("smtp", "smtps"),
    "queue_url": _one_of("sqlite", "postgresql"),
    "media_url": _media,
    "feed_allow": _text,
    "spam_service_url": _spam_service,
    "title": _text,
    "language": _language,
    "page_cache": _megabytes,
    "log": _log,
    "metrics_token": _secret,
    "cdn_purge_url": _cdn,
}
