"""The house rules about code, read from the code."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
APP = ROOT / "app"
FLOOR = ["later", "disk", "config", "clock", "logs", "metrics", "database", "prepared",
         "inserting", "dialects", "throttle", "text", "fetch", "media", "pagecache", "jobs",
         "trigrams", "mail", "web"]
RANKS = {"people": 15, "accounts": 16, "readers": 17, "desk": 18, "entries": 20,
         "rules": 30, "comments": 31,
         "posts": 40, "episodes": 40, "writing": 40, "feeds": 40,
         "pages": 50, "syndication": 50, "search": 50, "transfer": 50, "operations": 50,
         "demo": 55, "worker": 58, "__init__": 60, "cli": 60}
RANKS |= {name: index - len(FLOOR) for index, name in enumerate(FLOOR)}
FLASK_FILES = ("routes.py", "desk.py", "cli.py")
HIDING_NAMES = {"utils", "helpers", "common", "services", "manager", "misc"}
FILES = sorted(APP.rglob("*.py"))


def subject(path: Path) -> str:
    return path.relative_to(APP).parts[0].removesuffix(".py")


@cache
def parsed(path: Path) -> ast.Module:
    """What stands in a file; each is read once."""
    return ast.parse(path.read_text())


@cache
def imports(path: Path) -> list[str]:
    """Every module that a file imports, by its full name."""
    found: list[str] = []
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append(node.module)
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def names(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_an_import_points_downward() -> None:
    wrong = []
    for path in FILES:
        for module in imports(path):
            top, _, rest = module.partition(".")
            other = rest.split(".")[0]
            if (top == "app" and other in RANKS and other != subject(path)
                    and RANKS[other] >= RANKS[subject(path)]):
                wrong.append(f"{names(path)} may not import {module}")
    assert not wrong, "\n".join(wrong)


def test_the_floor_knows_no_subject_and_no_later_floor() -> None:
    for path in FILES:
        if subject(path) in FLOOR:
            for module in imports(path):
                parts = module.split(".")
                if parts[0] == "app" and len(parts) > 1 and parts[1] in RANKS:
                    assert RANKS[parts[1]] <= RANKS[subject(path)], f"{names(path)}: {module}"


def test_flask_stays_at_the_edges() -> None:
    inner = [path for path in FILES
             if subject(path) not in {"web", "worker", "__init__", "cli"}
             and path.name not in FLASK_FILES]
    wrong = [names(path) for path in inner for module in imports(path)
             if module.split(".")[0] in {"flask", "flask_login", "htmx_flask"}]
    assert not wrong, "\n".join(wrong)


def test_imports_stand_at_the_top() -> None:
    wrong = [f"{names(path)}:{function.name} imports inside a function" for path in FILES
             for function in ast.walk(parsed(path)) if isinstance(function, ast.FunctionDef)
             if any(isinstance(n, ast.Import | ast.ImportFrom) for n in ast.walk(function))]
    assert not wrong, "\n".join(wrong)


def test_public_functions_and_classes_say_what_they_do() -> None:
    silent = [names(path) for path in FILES
              if path.name != "__init__.py" and not ast.get_docstring(parsed(path))]
    silent += [f"{names(path)}:{node.name}" for path in FILES for node in parsed(path).body
               if isinstance(node, ast.FunctionDef | ast.ClassDef)
               and not node.name.startswith("_") and not ast.get_docstring(node)]
    assert not silent, "\n".join(silent)


def test_no_file_hides_what_is_in_it() -> None:
    for path in (*FILES, *(ROOT / "templates").rglob("*"), *(ROOT / "tests").rglob("*.py")):
        assert path.stem.rstrip("s") not in {name.rstrip("s") for name in HIDING_NAMES}, path


def test_every_subject_says_what_it_owns() -> None:
    for package in (path for path in APP.iterdir() if (path / "__init__.py").exists()):
        assert ast.get_docstring(ast.parse((package / "__init__.py").read_text())), package


def test_the_top_level_is_what_was_agreed() -> None:
    agreed = {"app", "templates", "static", "migrations", "tests", "pyproject.toml", "wsgi.py"}
    assert agreed <= {path.name for path in ROOT.iterdir()}
