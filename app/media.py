"""Files that people upload: recognised by what they are, kept under names of our own."""

import hashlib
import io
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa
from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy.orm import Mapped, Session, mapped_column
from tinytag import TinyTag, TinyTagException

from app import disk, throttle
from app.database import Model, choice

AUDIO_BYTES = 300 * 1024 * 1024
PICTURE_BYTES = 15 * 1024 * 1024
PICTURE_PIXELS = 50_000_000
PICTURE_SIDE = 1600
JOB = "sweep-media"
EVERY, LEFT_BEHIND = timedelta(hours=20), timedelta(days=1)


def _is_mpeg(head: bytes) -> bool:
    # An ID3v2 tag, or the eleven sync bits of a frame of layer II or III (ISO 11172-3).
    return head[:3] == b"ID3" or (head[0] == 0xFF and head[1] & 0xE6 in {0xE2, 0xE4, 0xE6})


def _is_mp4(head: bytes) -> bool:
    return head[4:8] == b"ftyp"


def _is_ogg(head: bytes) -> bool:
    return head[:4] == b"OggS"


_AUDIO = ((_is_mpeg, ".mp3", "audio/mpeg"), (_is_mp4, ".m4a", "audio/mp4"),
          (_is_ogg, ".ogg", "audio/ogg"))


class Unreadable(ValueError):
    """An upload is not what it should be; the text is one sentence for whoever sent it."""


class MediaKind(StrEnum):
    """What a file is to a page."""

    AUDIO = "audio"
    PICTURE = "picture"


class Media(Model):
    """A file in the media store. Its name is the hash of its bytes, so it never changes."""

    __tablename__ = "media"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[MediaKind] = choice(MediaKind)
    content_type: Mapped[str]
    size: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]
    seconds: Mapped[float | None]
    created_at: Mapped[datetime]

    @property
    def path(self) -> str:
        """Its address on the site."""
        return f"/media/{self.name}"


@dataclass(frozen=True)
class Upload:
    """A file that was recognised and is not kept yet."""

    data: bytes
    suffix: str
    kind: MediaKind
    content_type: str
    width: int | None = None
    height: int | None = None
    seconds: float | None = None


def read_audio(stream: BinaryIO) -> Upload:
    """An MP3, M4A or Ogg file; raises Unreadable if it is none or cannot be played."""
    data = stream.read(AUDIO_BYTES + 1)
    if len(data) > AUDIO_BYTES:
        raise Unreadable("This recording is over 300 MB. Please send a smaller one.")
    suffix, content_type = _recognise(data)
    return Upload(data, suffix, MediaKind.AUDIO, content_type, seconds=_duration(data, suffix))


def _recognise(data: bytes) -> tuple[str, str]:
    for begins, suffix, content_type in _AUDIO:
        if len(data) > 11 and begins(data[:12]):
            return suffix, content_type
    raise Unreadable("This file is not a recording we can play: MP3, M4A or Ogg, please.")


def _duration(data: bytes, suffix: str) -> float:
    try:
        seconds = TinyTag.get(f"upload{suffix}", file_obj=io.BytesIO(data), tags=False).duration
    # The parser meets hostile bytes here, and what it raises on them is not documented.
    except (TinyTagException, ValueError, KeyError, IndexError, OverflowError, MemoryError,
            ArithmeticError, OSError) as error:
        raise Unreadable("This recording is damaged: its length cannot be read.") from error
    if not seconds or seconds <= 0:
        raise Unreadable("This recording is damaged: its length cannot be read.")
    return float(seconds)


def read_picture(stream: BinaryIO) -> Upload:
    """A picture, drawn anew as WebP of at most PICTURE_SIDE pixels; raises Unreadable.

    Only the pixels survive: no metadata, no second file hidden behind the first.
    """
    data = stream.read(PICTURE_BYTES + 1)
    if len(data) > PICTURE_BYTES:
        raise Unreadable("This picture is over 15 MB. Please send a smaller one.")
    picture = _decode(data)
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=82, method=6)
    return Upload(out.getvalue(), ".webp", MediaKind.PICTURE, "image/webp",
                  width=picture.width, height=picture.height)


def _decode(data: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP", "GIF")) as picture:
            if picture.width * picture.height > PICTURE_PIXELS:
                raise Unreadable("This picture has over 50 million pixels. A smaller one, please.")
            upright = ImageOps.exif_transpose(picture)
            mode = "RGBA" if upright.has_transparency_data else "RGB"
            upright = upright.convert(mode)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError,
            ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("This file is not a picture we can read: JPEG, PNG, WebP or GIF, please."
                         ) from error
    upright.thumbnail((PICTURE_SIDE, PICTURE_SIDE))
    return upright


def keep(session: Session, store: Path, upload: Upload, *, now: datetime) -> Media:
    """Keeps an upload in the store; the same bytes are kept once."""
    name = hashlib.sha256(upload.data).hexdigest()[:32] + upload.suffix
    _write(store / name, upload.data)
    known = session.scalars(sa.select(Media).where(Media.name == name)).first()
    if known:
        return known
    media = Media(name=name, kind=upload.kind, content_type=upload.content_type,
                  size=len(upload.data), width=upload.width, height=upload.height,
                  seconds=upload.seconds, created_at=now)
    session.add(media)
    session.flush()
    return media


def _write(path: Path, data: bytes) -> None:
    try:
        there = path.stat().st_size == len(data)
        # From now on it is in use, and no sweeping that has begun takes it away.
        os.utime(path)
    except FileNotFoundError:
        there = False
    if not there:
        path.parent.mkdir(parents=True, exist_ok=True)
        disk.write(path, [data])


def sweep(session: Session, store: Path, now: datetime) -> int:
    """Deletes files that nobody has used for a day and no row names: their upload came to no end.

    About once a day, however often it is asked. Returns how many.
    """
    if not store.is_dir() or throttle.wait_for(session, JOB, 1, EVERY, now):
        return 0
    throttle.count(session, JOB, EVERY, now)
    old = [path for path in store.iterdir() if _is_old(path, now)]
    named = set(session.scalars(sa.select(Media.name)))
    return sum(_delete(path, now) for path in old if path.name not in named)


def _is_old(path: Path, now: datetime) -> bool:
    try:
        return path.is_file() and path.stat().st_mtime < (now - LEFT_BEHIND).timestamp()
    except FileNotFoundError:
        return False


def _delete(path: Path, now: datetime) -> bool:
    # Whoever uploads the same at this moment either finds it gone or has marked it as used.
    aside = path.with_name(f".{path.name}.swept{disk.DRAFT}")
    path.rename(aside)
    if not _is_old(aside, now):
        aside.rename(path)
        return False
    aside.unlink()
    return True
