"""What few processes need is loaded when it is needed, and not before."""

import subprocess
import sys
from pathlib import Path

import pytest

from app import later
from app.later import Later, put_off
from app.operations.serving.succeeding import TRIAL

# A process that answers, on SQLite, with its files in a folder.
IDLE = ("alembic", "ftfy", "lxml", "PIL", "tinytag", "obstore", "feedparser", "trafilatura",
        "psycopg", "sqlalchemy.dialects.postgresql", "app.demo", "app.operations.doctor",
        "app.operations.backups")


def loaded(program: str) -> set[str]:
    """What is loaded after a program in a process of its own."""
    said = subprocess.run([sys.executable, "-c", f"{program}; import sys; print(*sys.modules)"],
                          capture_output=True, text=True, check=True).stdout
    return set(said.split())


def test_the_server_loads_nothing_that_few_processes_need() -> None:
    found = loaded("import app.cli, app.operations.serving.cli")
    assert "app.posts.routes" in found
    assert found.isdisjoint(IDLE)


def test_a_library_is_loaded_when_something_of_it_is_used() -> None:
    said = loaded("from app.later import Later; it = Later('colorsys'); import sys;"
                  " assert 'colorsys' not in sys.modules; it.rgb_to_hsv(0, 0, 0)")
    assert "colorsys" in said


def test_what_is_put_off_is_loaded_by_whoever_uses_it() -> None:
    said = loaded("from app.later import put_off\nwith put_off('colorsys'): import colorsys as it\n"
                  "import sys; assert 'colorsys' not in sys.modules; it.hsv_to_rgb(0, 0, 0)")
    assert "colorsys" in said
    with put_off("sys"):
        assert not isinstance(sys.modules["sys"], Later), "it is there already"


def test_a_new_version_is_tried_with_all_that_it_may_need(tmp_path: Path) -> None:
    trial = f"import os; os.environ['LECTERN_DATA'] = '{tmp_path}'; {TRIAL}"
    assert {"lxml.etree", "PIL.Image", "ftfy", "tinytag", "obstore", "psycopg"} <= loaded(trial)


def test_a_library_that_is_missing_says_so_when_it_is_used() -> None:
    missing = Later("no_such_library")
    later._put_off.remove("no_such_library")
    with pytest.raises(ModuleNotFoundError, match="no_such_library"):
        missing.anything  # noqa: B018
