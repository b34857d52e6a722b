"""A warm child process that parses one document at a time and may die of it."""

import atexit
import json
import os
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import IO, Any

PROGRAM = Path(__file__).with_name("child_process.py")
CPU_SECONDS = 8.0
MEMORY = 1 << 30
# A busy machine may give the child little of each second; past this it hangs.
PATIENCE = 10.0
DOCUMENTS = 200
LONGEST_ANSWER = 1 << 28
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "SYSTEMROOT")


class ChildDied(Exception):
    """The child gave no answer; `str()` is a sentence that says why."""


class ParserChild:
    """Starts on first use, is replaced when it dies and after `DOCUMENTS` documents.

    Threads take turns. A process forked from ours starts a child of its own. `nice` is how far it
    stands back for other processes.
    """

    def __init__(self, memory: int = MEMORY, program: Path = PROGRAM, nice: int = 0) -> None:
        self._memory, self._program, self._nice = memory, program, nice
        self._process: subprocess.Popen[bytes] | None = None
        self._forget()
        os.register_at_fork(after_in_child=self._forget)
        atexit.register(self.close)

    def _forget(self) -> None:
        if (process := getattr(self, "_process", None)) is not None:
            # Another process's child: not ours to wait for, nor to complain about.
            process.returncode = 0
        self._lock = threading.Lock()
        self._process = None
        self._left = 0

    def ask(self, body: bytes, content_type: str, seconds: float) -> dict[str, Any]:
        """What feedparser made of `body`, in at most `seconds` of processor time.

        Raises ChildDied if it took more, or more memory than it may, or fell over.
        """
        request = json.dumps({"length": len(body), "content_type": content_type,
                              "seconds": seconds}).encode()
        with self._lock:
            process = self._ready()
            try:
                # The document as it is: to encode ten megabytes would hold up all other threads.
                answer = self._exchange(process, (struct.pack("!I", len(request)) + request, body),
                                        seconds)
            except (OSError, EOFError, ValueError) as error:
                raise ChildDied(_reason(self._end(), seconds)) from error
        if answer.get("error") == "memory":
            self.close()
            raise ChildDied("The feed needs more memory to read than it may have.")
        return answer

    @property
    def pid(self) -> int | None:
        """The child's process id while there is one."""
        return self._process.pid if self._process else None

    def close(self) -> None:
        """End the child; the next question starts another."""
        with self._lock:
            self._end()

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._left <= 0 or self._process.poll() is not None:
            self._end()
            self._process, self._left = _start(self._program, self._memory), DOCUMENTS
            os.setpriority(os.PRIO_PROCESS, self._process.pid, self._nice)
        self._left -= 1
        return self._process

    def _exchange(
        self, process: subprocess.Popen[bytes], request: Iterable[bytes], seconds: float
    ) -> dict[str, Any]:
        assert process.stdin
        assert process.stdout
        watch = threading.Timer(PATIENCE * seconds, process.kill)
        watch.daemon = True
        watch.start()
        try:
            for each in request:
                _write(process.stdin, each)
            answer: dict[str, Any] = json.loads(_framed(process.stdout))
            pieces = answer.pop("pieces", None)
            if pieces is not None:
                answer["items"] = list(chain.from_iterable(_pieces(process.stdout, pieces)))
            return answer
        finally:
            watch.cancel()

    def _end(self) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        assert process.stdin
        assert process.stdout
        process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.5)
        process.kill()
        process.stdout.close()
        return process.wait()


def _start(program: Path, memory: int) -> subprocess.Popen[bytes]:
    # Without our secrets in its environment, and without our modules on its path.
    environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return subprocess.Popen(  # noqa: S603 - our own program and a number
        [sys.executable, "-I", str(program), str(memory)], env=environment, cwd="/",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        # Unbuffered, so that a process forked in mid-sentence has nothing of ours to flush.
        bufsize=0,
    )


def _framed(stream: IO[bytes]) -> bytes:
    (length,) = struct.unpack("!I", _exactly(stream, 4))
    if length > LONGEST_ANSWER:
        raise ValueError("an answer longer than any feed")
    return _exactly(stream, length)


def _pieces(stream: IO[bytes], number: int) -> Iterator[list[Any]]:
    for _ in range(number):
        piece: list[Any] = json.loads(_framed(stream))
        yield piece


def _write(stream: IO[bytes], data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[stream.write(rest):]


def _exactly(stream: IO[bytes], length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        piece = stream.read(length - len(data))
        if not piece:
            raise EOFError
        data += piece
    return bytes(data)


def _reason(code: int, seconds: float) -> str:
    if -code in (signal.SIGPROF, signal.SIGKILL):
        return f"The feed takes more than {seconds:g} seconds of work to read."
    return "The feed made its reader fall over."
