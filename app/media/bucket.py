"""Files in a bucket that speaks S3: what several machines share."""

import io
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import urlsplit

from app.later import Later
from app.media.models import PICTURE_SUFFIX
from app.media.store import Missing, StoreFailed, checked, content_type

if TYPE_CHECKING:
    import obstore
    from obstore import exceptions, store
else:
    # Few sites have a bucket.
    obstore, exceptions = Later("obstore"), Later("obstore.exceptions")
    store = Later("obstore.store")

# How long an address that we signed is good for: longer than anybody listens to one recording.
SIGNED_FOR = timedelta(hours=12)
# A worker's thread waits for it, so not for long; an upload is sent in parts of 5 MB.
CLIENT: Any = {"connect_timeout": timedelta(seconds=3), "timeout": timedelta(seconds=30)}
RETRY: Any = {"max_retries": 2, "retry_timeout": timedelta(seconds=10)}
AT_ONCE = 1024 * 1024
# What was put no longer ago is not forgotten meanwhile; what is older is put anew instead.
YOUNG = timedelta(hours=6)
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Place:
    """Where a bucket is. Keys come from the AWS_… variables, or from what the machine is.

    `public` is an address under which everybody may read what is in it, "" if nobody may.
    """

    bucket: str
    prefix: str = ""
    endpoint: str = ""
    region: str = ""
    public: str = ""


class Bucket:
    """A store in a bucket. One that was used does not survive a fork: the library's threads stay
    behind, and whoever asks in the child waits for ever. One that was only made does.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        region = place.region or "us-east-1"
        self._host = place.endpoint or f"https://s3.{region}.amazonaws.com"
        parts = urlsplit(place.public or self._host)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self._store = store.S3Store(
            place.bucket, prefix=place.prefix or None, endpoint=self._host, region=region,
            client_options=CLIENT | {"allow_http": self._host.startswith("http:")},
            retry_config=RETRY)

    def put(self, name: str, stream: BinaryIO) -> None:
        """Keeps a file; the bucket shows it when it has all of it."""
        with self.told():
            obstore.put(self._store, checked(name), stream, attributes={
                "Content-Type": content_type(name), "Cache-Control": FOREVER})

    def open(self, name: str) -> BinaryIO:
        """The file, fetched a megabyte at a time."""
        with self.told(name):
            file = obstore.open_reader(self._store, checked(name), buffer_size=AT_ONCE)
        return io.BufferedReader(_Reader(self, name, file), AT_ONCE)

    def renew(self, name: str, size: int) -> bool:
        """Whether it was put lately: a bucket cannot change the time of what it has."""
        try:
            with self.told(name):
                found = obstore.head(self._store, checked(name))
        except Missing:
            return False
        return found["size"] == size and found["last_modified"] > datetime.now(UTC) - YOUNG

    def forget(self, kept: Set[str], before: datetime) -> int:
        """Deletes what is older and not kept; drafts, the bucket clears away itself."""
        with self.told():
            old = [each["path"] for page in obstore.list(self._store) for each in page
                   if each["last_modified"] < before and each["path"] not in kept
                   and "/" not in each["path"]]
        for name in old:
            self.delete(name)
        return len(old)

    def size(self, name: str) -> int | None:
        """Its length. A bucket that is not there has no files either."""
        try:
            with self.told(name):
                return obstore.head(self._store, checked(name))["size"]
        except Missing:
            return None

    def delete(self, name: str) -> None:
        """Forgets it."""
        with self.told():
            obstore.delete(self._store, checked(name))

    def names(self) -> Iterator[str]:
        """All files that stand directly under the prefix."""
        with self.told():
            for page in obstore.list(self._store):
                yield from (each["path"] for each in page if "/" not in each["path"])

    def address(self, name: str) -> str | None:
        """Of a recording, which would keep a thread of ours busy; a picture, the site sends."""
        if checked(name).endswith(PICTURE_SUFFIX):
            return None
        if self.place.public:
            return f"{self.place.public}/{name}"
        with self.told():
            return obstore.sign(self._store, "GET", name, SIGNED_FOR)

    @contextmanager
    def told(self, name: str = "") -> Iterator[None]:
        """What goes wrong in the block, in our words; with a name, that nothing has it."""
        where = f"The media bucket “{self.place.bucket}” at {self._host}"
        try:
            yield
        except FileNotFoundError as error:
            if name:
                raise Missing(name) from None
            raise StoreFailed(f"{where} does not exist.") from error
        except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError) as error:
            raise StoreFailed(f"{where} refuses our key (AWS_ACCESS_KEY_ID).") from error
        except (exceptions.BaseError, OSError) as error:
            # Where no key is set, the machine's own is asked for at this address (EC2's IMDSv2).
            if "/latest/api/token" in str(error):
                raise StoreFailed(f"{where} needs a key: set AWS_ACCESS_KEY_ID and"
                                  " AWS_SECRET_ACCESS_KEY.") from error
            raise StoreFailed(f"{where} does not answer as it should.") from error


class _Reader(io.RawIOBase):
    """What the library reads, as Python's own streams are read."""

    def __init__(self, bucket: Bucket, name: str, file: Any) -> None:
        self._bucket, self._name, self._file = bucket, name, file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: Any) -> int:
        with self._bucket.told(self._name):
            data = bytes(self._file.read(len(buffer)))
        buffer[:len(data)] = data
        return len(data)
