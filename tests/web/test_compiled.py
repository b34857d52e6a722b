"""Compiled templates are kept on disk, and never missed when they cannot be."""

import os
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from app.web.compiled import Compiled


def environment(kept: Compiled, source: str = "{{ 6 * 7 }}") -> Environment:
    """A process that has just begun."""
    return Environment(loader=DictLoader({"a.html": source}), bytecode_cache=kept,
                       autoescape=True)


def shown(kept: Compiled, source: str = "{{ 6 * 7 }}") -> str:
    return environment(kept, source).get_template("a.html").render()


@pytest.fixture
def compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sources that were compiled."""
    found: list[str] = []
    compile_one = Environment.compile

    def noted(self: Environment, source: str, *rest: object) -> object:
        found.append(source)
        return compile_one(self, source, *rest)  # type: ignore[call-overload]
    monkeypatch.setattr(Environment, "compile", noted)
    return found


def test_a_template_is_compiled_once_for_all_processes(tmp_path: Path, compiled: list[str]) -> None:
    assert [shown(Compiled(tmp_path, "v1")) for _process in range(3)] == ["42"] * 3
    assert len(compiled) == 1
    assert (tmp_path / "v1").stat().st_mode & 0o777 == 0o700, "nobody else puts code there"


def test_a_changed_template_is_compiled_anew(tmp_path: Path) -> None:
    shown(Compiled(tmp_path, "v1"))
    assert shown(Compiled(tmp_path, "v1"), "new") == "new"


def test_another_version_takes_nothing_over_and_clears_away(tmp_path: Path,
                                                            compiled: list[str]) -> None:
    shown(Compiled(tmp_path, "v1"))
    shown(Compiled(tmp_path, "v2"))
    assert len(compiled) == 2
    assert os.listdir(tmp_path) == ["v2"]


@pytest.mark.parametrize("length", [0, 5, 20, 60])
def test_a_file_that_was_cut_short_is_made_anew(tmp_path: Path, length: int) -> None:
    shown(Compiled(tmp_path, "v1"))
    [file] = (tmp_path / "v1").iterdir()
    file.write_bytes(file.read_bytes()[:length])
    assert shown(Compiled(tmp_path, "v1")) == "42"


def test_a_page_is_shown_though_nothing_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert shown(Compiled(tmp_path / "file", "v1")) == "42"
