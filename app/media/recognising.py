"""What an upload is, by its bytes and never by its name."""

import hashlib
import io
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, BinaryIO

from app.later import Later
from app.media.models import PICTURE_SUFFIX, MediaKind

if TYPE_CHECKING:
    import PIL
    from PIL import Image, ImageOps
else:
    PIL, Image, ImageOps = Later("PIL"), Later("PIL.Image"), Later("PIL.ImageOps")
tinytag: Any = Later("tinytag")

AUDIO_BYTES = 300 * 1024 * 1024
PICTURE_BYTES = 15 * 1024 * 1024
PICTURE_PIXELS = 50_000_000
PICTURE_SIDE = 1600


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

    @cached_property
    def name(self) -> str:
        """What it is kept under: the hash of its bytes, so the same file is kept once."""
        return hashlib.sha256(self.data).hexdigest()[:32] + self.suffix


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
        seconds = tinytag.TinyTag.get(f"upload{suffix}", file_obj=io.BytesIO(data),
                                      tags=False).duration
    # The parser meets hostile bytes here, and what it raises on them is not documented.
    except (tinytag.TinyTagException, ValueError, KeyError, IndexError, OverflowError, MemoryError,
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
    return Upload(out.getvalue(), PICTURE_SUFFIX, MediaKind.PICTURE, "image/webp",
                  width=picture.width, height=picture.height)


def _decode(data: bytes) -> "Image.Image":
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP", "GIF")) as picture:
            if picture.width * picture.height > PICTURE_PIXELS:
                raise Unreadable("This picture has over 50 million pixels. A smaller one, please.")
            upright = ImageOps.exif_transpose(picture)
            mode = "RGBA" if upright.has_transparency_data else "RGB"
            upright = upright.convert(mode)
    except (PIL.UnidentifiedImageError, Image.DecompressionBombError, OSError,
            SyntaxError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("This file is not a picture we can read: JPEG, PNG, WebP or GIF, please."
                         ) from error
    upright.thumbnail((PICTURE_SIDE, PICTURE_SIDE))
    return upright
