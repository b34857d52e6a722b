"""Files that people upload: recognised by what they are, kept under names of our own.

Where they are kept is a Store: a directory, or a bucket that several machines share.
"""

from app.media.keeping import keep, note, put
from app.media.models import Media, MediaKind
from app.media.opening import open_store
from app.media.recognising import (
    AUDIO_BYTES,
    PICTURE_BYTES,
    Unreadable,
    Upload,
    read_audio,
    read_picture,
)
from app.media.store import Missing, Store, StoreFailed
from app.media.sweeping import JOB, sweep

__all__ = ["AUDIO_BYTES", "JOB", "PICTURE_BYTES", "Media", "MediaKind", "Missing", "Store",
           "StoreFailed", "Unreadable", "Upload", "keep", "note", "open_store", "put", "read_audio",
           "read_picture", "sweep"]
