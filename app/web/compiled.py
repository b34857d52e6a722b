"""Compiled templates, kept on disk: compiling those of one page takes as long as answering with it.

They are kept in a folder of the data directory that is named after whatever compiled them, so what
another version left is never taken. Whoever can write there has the site's key anyway.
"""

import hashlib
import shutil
from contextlib import suppress
from pathlib import Path

import jinja2
from flask import Flask
from jinja2.bccache import Bucket, FileSystemBytecodeCache


class Compiled(FileSystemBytecodeCache):
    """A folder of them. What cannot be read or written costs time and nothing else."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        super().__init__(str(folder / name))

    def load_bytecode(self, bucket: Bucket) -> None:
        """Takes what is kept, unless it was cut short."""
        try:
            super().load_bytecode(bucket)
        # Of cut bytes, pickle may raise nearly anything.
        except Exception:
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps one; the first also clears away what other versions left."""
        with suppress(OSError):
            if not Path(self.directory).is_dir():
                self._begin()
            super().dump_bytecode(bucket)

    def _begin(self) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        for other in self._folder.iterdir():
            if other.name != self._name:
                shutil.rmtree(other, ignore_errors=True)
        Path(self.directory).mkdir(mode=0o700, exist_ok=True)


def init_app(app: Flask, folder: Path) -> None:
    """Keeps the templates of `app` compiled in `folder`, which is made with the first of them."""
    app.jinja_env.bytecode_cache = Compiled(folder, _fingerprint())


def _fingerprint() -> str:
    """Changes with whatever compiles templates. Whether one of them changed, Jinja looks itself."""
    made_by = hashlib.sha256(jinja2.__version__.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        stat = path.stat()
        made_by.update(f"{path.name} {stat.st_mtime_ns} {stat.st_size}\n".encode())
    return made_by.hexdigest()[:16]
