"""`lectern restore` over a site that is being served, killed at any moment: the old one or the new.

Slow because a restore takes seconds and is killed many times; the suite ends only its last step.
"""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.database import Model, prepare
from tests.bench.serving import ROOT, Lectern

KILLS = 12
# What the served site's own worker leaves alone meanwhile.
STILL = {"comments", "decisions", "media", "people", "review_items", "revisions", "transcript_cues"}


def rows(data: Path) -> dict[str, list[str]]:
    """Every row of the tables that stand still, but for whether its words are to be indexed."""
    engine = sa.create_engine(f"sqlite:///{data / 'lectern.sqlite'}")
    prepare(engine)
    with engine.connect() as connection:
        found = {name: sorted(repr(tuple(row)) for row in connection.execute(_kept(name)))
                 for name in STILL}
    engine.dispose()
    return found


def _kept(name: str) -> sa.Select[Any]:
    columns = Model.metadata.tables[name].columns
    return sa.select(*(each for each in columns if each.name != "unindexed"))


def command(data: Path, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "app.cli", *words], cwd=ROOT,
                            env={"PATH": "/usr/bin:/bin", "LECTERN_DATA": str(data)},
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def done(data: Path, *words: str) -> float:
    """Runs a command to its end; how many seconds that took."""
    began = time.monotonic()
    with command(data, *words) as process:
        error = process.stderr.read() if process.stderr else b""
        assert process.wait() == 0, error
    return time.monotonic() - began


def test_a_restore_that_is_killed_leaves_the_old_site_or_the_new_one(tmp_path: Path) -> None:
    new, file = tmp_path / "new", str(tmp_path / "new.backup")
    for words in (("db", "upgrade"), ("demo",), ("backup", file)):
        done(new, *words)
    site = Lectern(tmp_path / "data")
    site.open()
    try:
        old, wanted = rows(tmp_path / "data"), rows(new)
        assert old != wanted
        takes, seen = done(tmp_path / "third", "restore", file), []
        for number in range(KILLS):
            with command(tmp_path / "data", "restore", file, "--replace") as process:
                time.sleep(takes * (number + 1) / KILLS)
                process.kill()
            now = rows(tmp_path / "data")
            assert now in (old, wanted), f"killed after {number + 1} of {KILLS}"
            seen.append("new" if now == wanted else "old")
            assert site.stranger.get("/posts/").status == 200
            if seen[-1] == "new":
                break
        done(tmp_path / "data", "restore", file, "--replace")
        assert rows(tmp_path / "data") == wanted
        title = sa.text("SELECT title FROM entries WHERE state = 'published' AND section = 'posts'"
                        " ORDER BY published_at DESC LIMIT 1")
        with sa.create_engine(f"sqlite:///{new / 'lectern.sqlite'}").connect() as connection:
            newest = str(connection.scalar(title))
        time.sleep(1)
        assert newest in site.stranger.get("/posts/").text, "without a restart"
    finally:
        site.stop()
    print(f"\nA restore of {takes:.1f} s, killed: {' '.join(seen)}")
