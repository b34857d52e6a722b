"""Libraries that are loaded when something of them is first used.

Few processes ever read a recording or mend a feed; all of them would wait for the libraries that
do it before their first answer. For libraries only: what is ours changes with a new version, and
a process of the old one must not load half of the new.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

_put_off: list[str] = []


class Later(ModuleType):
    """Stands for a library: `PIL = Later("PIL")`."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        _put_off.append(name)

    def __getattr__(self, name: str) -> Any:
        """What the library has under this name. Raises what loading it raises."""
        return getattr(import_module(self.__name__), name)


@contextmanager
def put_off(name: str) -> Iterator[None]:
    """Whoever imports the library `name` meanwhile gets one that is loaded later."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = Later(name)
    try:
        yield
    finally:
        del sys.modules[name]


def load_all() -> None:
    """Loads all that was put off. Raises what loading them raises: to try whether all is there."""
    for name in _put_off:
        import_module(name)
