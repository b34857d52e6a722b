"""`lectern`, which says on standard error when it has come how far.

A line each: the stage, the moment by the clock that all processes of a machine share, and the
processor time that the process has spent, in seconds.
"""

import os
import time
from collections.abc import Callable, Iterable
from typing import Any


def say(stage: str) -> None:
    """Notes that a stage is done."""
    line = f"stage\t{stage}\t{time.monotonic():.4f}\t{time.process_time():.4f}\n"
    os.write(2, line.encode())


def noted(inner: Callable[..., Any], before: str = "", after: str = "") -> Callable[..., Any]:
    """The same function, which says when it is called and when it has ended."""
    def call(*given: Any, **named: Any) -> Any:
        if before:
            say(before)
        found = inner(*given, **named)
        if after:
            say(after)
        return found
    return call


def _main() -> None:
    say("interpreter")
    from flask.cli import ScriptInfo

    import app.cli
    from app.operations.serving import answering
    from app.operations.serving import cli as commands
    say("imports")
    ScriptInfo.load_app = noted(ScriptInfo.load_app, after="application")  # type: ignore[method-assign]
    commands.run_server = noted(commands.run_server, before="static files")
    door = answering.Door
    door.__init__ = noted(door.__init__, before="fork")  # type: ignore[method-assign]
    answer = door.__call__

    def first(self: Any, environ: Any, start: Any) -> Iterable[bytes]:
        door.__call__ = answer  # type: ignore[method-assign]
        say("granian")
        said = answer(self, environ, start)
        say("first page")
        return said
    door.__call__ = first  # type: ignore[method-assign]
    app.cli.main()


if __name__ == "__main__":
    _main()
