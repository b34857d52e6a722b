"""Opening a backup and checking all of it, in constant memory, before anything is done with it.

Nothing is ever unpacked by the names in it: a member is only read if its name is one of ours, and
never longer than the manifest says. So no path, link or bomb in it can do anything.
"""

import hashlib
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO, cast

from app.operations.backups import manifest as manifests
from app.operations.backups.manifest import DAMAGED, FOREIGN, NAME, BadBackup, Manifest
from app.operations.backups.telling import Tell, silently

PIECE = 1024 * 1024
# In bytes. Rows are at most some megabytes, a manifest has 150 bytes a file.
LONGEST_LINE, LONGEST_MANIFEST = 256 * PIECE, 64 * PIECE
# Rows as text shrink to a tenth; what unfolds further than this was made to fill a disk.
MOST_TIMES, ANY_SIZE = 200, PIECE
# An OSError, too: where a member lies may be before the beginning of the file.
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)


class Backup:
    """A backup that is open for reading. `with Backup(file) as backup:`; raises BadBackup."""

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            self._zip = zipfile.ZipFile(file)
        except OSError as error:
            raise BadBackup(f"{file} cannot be read: {error.strerror}.") from error
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            raise BadBackup(f"{FOREIGN.format(file)[:-1]}, or it was cut off.") from None
        try:
            self.manifest = self._manifest()
            self._compare()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> "Backup":
        return self

    def __exit__(self, *_failure: object) -> None:
        self._zip.close()

    def _manifest(self) -> Manifest:
        if NAME not in self._zip.namelist():
            raise BadBackup(FOREIGN.format(self.file))
        info = self._zip.getinfo(NAME)
        if info.file_size > LONGEST_MANIFEST:
            raise self._damaged("its list is too long")
        try:
            text = self._zip.read(info)
        except _BROKEN:
            raise self._damaged("its list cannot be read") from None
        return manifests.read(text, str(self.file))

    def _compare(self) -> None:
        """What is there must be what the manifest says, and nothing else."""
        found = self._zip.infolist()
        names = [info.filename for info in found]
        if sorted(names) != sorted([*self.manifest.members, NAME]):
            raise self._damaged("what is in it is not what it says is in it")
        for info in found:
            if not _is_plain(info) or _is_bomb(info):
                raise self._damaged(f"{info.filename[:80]} is no file of a backup")
            member = self.manifest.members.get(info.filename)
            if member is not None and member.size != info.file_size:
                raise self._damaged(f"{info.filename} has another length")

    def _damaged(self, why: str) -> BadBackup:
        return BadBackup(DAMAGED.format(self.file, why))

    def verify(self, tell: Tell = silently) -> None:
        """Reads everything and compares it with its checksums; raises BadBackup."""
        done, of = 0, self.manifest.size
        for name in self.manifest.members:
            for piece in self.pieces(name):
                done += len(piece)
                if done < of:
                    tell("Bytes checked", done, of)
        tell("Bytes checked", of, of)

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of a member, some at a time; raises BadBackup at their end if they differ."""
        member, digest, size = self.manifest.members[name], hashlib.sha256(), 0
        with self._opened(name) as source:
            while piece := self._read(source, name):
                digest.update(piece)
                size += len(piece)
                yield piece
        if size != member.size or digest.hexdigest() != member.sha256:
            raise self._damaged(f"{name} is not what it was")

    def stream(self, name: str) -> BinaryIO:
        """A member as a file; call it on what was verified."""
        return cast(BinaryIO, self._opened(name))

    def lines(self, name: str) -> Iterator[bytes]:
        """The lines of a member; call it on what was verified. Raises BadBackup."""
        with self._opened(name) as source:
            while line := source.readline(LONGEST_LINE):
                if len(line) == LONGEST_LINE:
                    raise self._damaged(f"{name} has a line without an end")
                yield line

    def _opened(self, name: str) -> IO[bytes]:
        try:
            return self._zip.open(name)
        except _BROKEN:
            raise self._damaged(f"{name} cannot be read") from None

    def _read(self, source: IO[bytes], name: str) -> bytes:
        try:
            return source.read(PIECE)
        except _BROKEN:
            raise self._damaged(f"{name} cannot be read") from None


def _is_plain(info: zipfile.ZipInfo) -> bool:
    kind = stat.S_IFMT(info.external_attr >> 16)
    return (kind in {0, stat.S_IFREG} and not info.flag_bits & 1
            and info.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


def _is_bomb(info: zipfile.ZipInfo) -> bool:
    return info.file_size > MOST_TIMES * info.compress_size + ANY_SIZE
