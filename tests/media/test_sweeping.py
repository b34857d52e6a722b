"""Uploads that came to no end do not stay for ever; what is named or young does."""

import io
import os
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from app import media
from app.media.folder import Folder
from tests.conftest import NOON
from tests.test_media import picture


def test_only_what_is_old_and_nobody_names_is_deleted_and_once_a_day(
        session: Session, tmp_path: Path) -> None:
    store = Folder(tmp_path / "media")
    named = media.keep(session, store, media.read_picture(io.BytesIO(picture())), now=NOON).name
    for name in ("lost.webp", "young.webp", ".lost.webp.part"):
        (tmp_path / "media" / name).write_bytes(b"data")
    long_ago = (NOON - timedelta(days=2)).timestamp()
    for name in (named, "lost.webp", ".lost.webp.part"):
        os.utime(tmp_path / "media" / name, (long_ago, long_ago))
    assert media.sweep(session, store, NOON) == 2
    assert sorted(os.listdir(tmp_path / "media")) == sorted([named, "young.webp"])
    (tmp_path / "media" / "lost.webp").write_bytes(b"data")
    os.utime(tmp_path / "media" / "lost.webp", (long_ago, long_ago))
    assert media.sweep(session, store, NOON + timedelta(hours=1)) == 0
    assert media.sweep(session, store, NOON + timedelta(hours=21)) == 1
