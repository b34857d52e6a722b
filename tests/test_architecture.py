"""The house rules about code, read from the code."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
APP = ROOT / "app"
FLOOR = ["later", "disk", "config", "clock", "logs", "metrics", "database", "prepared", "dialects",
         "throttle", "text", "fetch", "media", "pagecache", "jobs", "trigrams", "mail", "web"]
RANKS = {"people": 15, "accounts": 16, "readers": 17, "desk": 18, "entries": 20,
         "rules": 30, "comments": 31,
         "posts": 40, "episodes": 40, "writing": 40, "feeds": 40,
         "pages": 50, "syndication": 50, "search": 50, "transfer": 50, "operations": 50,
         "demo": 55, "__init__": 60, "cli": 60}
RANKS |= {name: index - len(FLOOR) for index, name in enumerate(FLOOR)}
FLASK_FILES = ("routes.py", "desk.py", "cli.py")
HIDING_NAMES = {"utils", "helpers", "common", "services", "manager", "misc"}
FILES = sorted(APP.rglob("*.py"))


def subject(path: Path) -> str:
    return path.relative_to(APP).parts[0].removesuffix(".py")


def imports(path: Path) -> list[tuple[str, ast.AST]]:
    """Every module that a file imports, by its full name."""
    found: list[tuple[str, ast.AST]] = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [(alias.name, node) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append((node.module, node))
            found += [(f"{node.module}.{alias.name}", node) for alias in node.names]
    return found


def names(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FILES, ids=names)
def test_an_import_points_downward(path: Path) -> None:
    own = RANKS[subject(path)]
    for module, _node in imports(path):
        top, _, rest = module.partition(".")
        other = rest.split(".")[0]
        if top == "app" and other in RANKS and other != subject(path):
            assert RANKS[other] < own, f"{names(path)} may not import {module}"


def test_the_floor_knows_no_subject_and_no_later_floor() -> None:
    for path in FILES:
        if subject(path) in FLOOR:
            for module, _node in imports(path):
                parts = module.split(".")
                if parts[0] == "app" and len(parts) > 1 and parts[1] in RANKS:
                    assert RANKS[parts[1]] <= RANKS[subject(path)], f"{names(path)}: {module}"


@pytest.mark.parametrize("path", FILES, ids=names)
def test_flask_stays_at_the_edges(path: Path) -> None:
    if subject(path) in {"web", "__init__", "cli"} or path.name in FLASK_FILES:
        return
    for module, _node in imports(path):
        assert module.split(".")[0] not in {"flask", "flask_login", "htmx_flask"}, names(path)


@pytest.mark.parametrize("path", FILES, ids=names)
def test_imports_stand_at_the_top(path: Path) -> None:
    tree = ast.parse(path.read_text())
    for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
        inner = [n for n in ast.walk(function) if isinstance(n, ast.Import | ast.ImportFrom)]
        assert not inner, f"{names(path)}:{function.name} imports inside a function"


@pytest.mark.parametrize("path", FILES, ids=names)
def test_public_functions_and_classes_say_what_they_do(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert path.name == "__init__.py" or ast.get_docstring(tree), f"{names(path)} has no docstring"
    for node in tree.body:
        public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        assert not public or ast.get_docstring(node), f"{names(path)}:{node.name}"


def test_no_file_hides_what_is_in_it() -> None:
    for path in (*FILES, *(ROOT / "templates").rglob("*"), *(ROOT / "tests").rglob("*.py")):
        assert path.stem.rstrip("s") not in {name.rstrip("s") for name in HIDING_NAMES}, path


def test_every_subject_says_what_it_owns() -> None:
    for package in (path for path in APP.iterdir() if (path / "__init__.py").exists()):
        assert ast.get_docstring(ast.parse((package / "__init__.py").read_text())), package


def test_the_top_level_is_what_was_agreed() -> None:
    agreed = {"app", "templates", "static", "migrations", "tests", "pyproject.toml", "wsgi.py"}
    assert agreed <= {path.name for path in ROOT.iterdir()}
