"""Every setting of an installation, its default, and what follows from it."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated, get_type_hints
from urllib.parse import urlsplit

from app import disk
from app.config import checking
from app.config.checking import LOOPBACK, BadSetting

PREFIX = "LECTERN_"


@dataclass(frozen=True)
class Settings:
    """Every setting of an installation, typed, with what its value is checked by.

    `Settings.read(os.environ)` makes one.
    """

    data: Annotated[Path, checking.path] = Path("instance")
    database_url: Annotated[str, checking.one_of("sqlite", "postgresql+psycopg")] = ""
    secret_key: Annotated[str, checking.secret] = field(default="", repr=False)
    base_url: Annotated[str, checking.web_address] = "http://127.0.0.1:8000"
    trusted_proxies: Annotated[int, checking.hops] = 0
    mail_url: Annotated[str, checking.one_of("smtp", "smtps")] = field(default="", repr=False)
    queue_url: Annotated[str, checking.one_of("sqlite", "postgresql")] = field(default="",
                                                                               repr=False)
    media_url: Annotated[str, checking.media] = ""
    feed_allow: Annotated[str, checking.text] = ""
    spam_service_url: Annotated[str, checking.spam_service] = field(default="", repr=False)
    title: Annotated[str, checking.text] = "Lectern"
    language: Annotated[str, checking.language] = "en"
    page_cache: Annotated[int, checking.megabytes] = 64
    log: Annotated[str, checking.log_format] = ""
    metrics_token: Annotated[str, checking.secret] = field(default="", repr=False)
    cdn_purge_url: Annotated[str, checking.cdn] = field(default="", repr=False)

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Settings":
        """Settings from environment variables; raises BadSetting naming the first bad one."""
        hints = get_type_hints(cls, include_extras=True)
        names = {PREFIX + name.upper(): name for name in hints}
        given = {key: value for key, value in environ.items() if key.startswith(PREFIX)}
        for key in sorted(given.keys() - names.keys()):
            raise BadSetting(f"{key} is not a setting of Lectern. Known are: {', '.join(names)}.")
        checks = {key: hints[name].__metadata__[0] for key, name in names.items()}
        return cls(**{names[key]: checks[key](key, value.strip())
                      for key, value in given.items() if value.strip()})

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the database."""
        return self.database_url or f"sqlite:///{(self.data / 'lectern.sqlite').absolute()}"

    @property
    def media(self) -> Path:
        """The directory that uploaded files are kept in, unless a bucket is set."""
        chosen = Path(self.media_url) if self.media_url else self.data / "media"
        return chosen.expanduser().absolute()

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
        """The key that signs sessions: as set, else made once and kept in the data directory.

        Raises BadSetting where it can be neither read nor made: most of all for another user.
        """
        try:
            return self.secret_key or _kept_secret(self.kept_key)
        except OSError as error:
            raise BadSetting(f"LECTERN_DATA: {self.kept_key} cannot be used ({error.strerror})."
                             ) from error

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
