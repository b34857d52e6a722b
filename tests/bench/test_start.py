"""From the start to the first answer, and memory at rest.

Beside it stands a plain Flask page under the same server, started in turn: on a busy machine the
clock says little, so the bar moves with what the plain one takes.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import IO, NamedTuple

import psutil
import urllib3

from tests.bench.serving import ROOT, Lectern, family
from tests.browser.running import free_port, until

ROUNDS = 5
# Seconds to the first answer, and what the plain one took on the machine where that was set.
START, PLAIN_START = 1.0, 0.4
MEGABYTES = 200
PLAIN = """
import sys
from granian import Granian
Granian("tests.bench.reference:plain", factory=True, port=int(sys.argv[1]), interface="wsgi",
        workers=2, blocking_threads=4, websockets=False, log_enabled=False).serve()
"""


class Stage(NamedTuple):
    """How far it is, after how many seconds, and how many of them its process was at work."""

    name: str
    seconds: float
    cpu: float


class Begun(NamedTuple):
    """What it took until the first answer, in seconds, and megabytes of memory at rest (PSS)."""

    seconds: float
    cpu: float
    megabytes: float
    stages: Sequence[Stage]


def begin(command: list[str], port: int, environment: dict[str, str],
          at_rest: Callable[[psutil.Process], set[int]]) -> Begun:
    """Starts a site, asks it for its first page, lets it rest and ends it."""
    began = time.monotonic()
    with tempfile.TemporaryFile() as said, subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=said, stderr=said) as process:
        try:
            with urllib3.PoolManager(retries=False) as http:
                until(lambda: _answers(http, port), 60, "it answers")
            seconds = time.monotonic() - began
            cpu = sum(sum(psutil.Process(pid).cpu_times()[:2]) for pid in family(process.pid))
            time.sleep(1)
            rest = sum(psutil.Process(pid).memory_full_info().pss
                       for pid in at_rest(psutil.Process(process.pid)))
        finally:
            _end(process)
        return Begun(seconds, cpu, rest / 2**20, list(_stages(said, began)))


def _answers(http: urllib3.PoolManager, port: int) -> bool:
    try:
        return http.request("GET", f"http://127.0.0.1:{port}/").status == 200
    except urllib3.exceptions.HTTPError:
        return False


def _end(process: "subprocess.Popen[bytes]") -> None:
    pids = family(process.pid)
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        # A worker of the plain one that hears of it while it begins waits for ever.
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _stages(said: IO[bytes], began: float) -> list[Stage]:
    """Each stage once: that of whoever was the first to get so far."""
    said.seek(0)
    found: dict[str, Stage] = {}
    for line in said.read().decode().splitlines():
        if line.startswith("stage\t"):
            name, moment, cpu = line.split("\t")[1:]
            found.setdefault(name, Stage(name, float(moment) - began, float(cpu)))
    return list(found.values())


def _web(process: psutil.Process) -> set[int]:
    """All but the background worker, which many run elsewhere."""
    return {process.pid, *(each.pid for each in process.children()
                           if each.name() != "lectern worker")}


def _middle(rounds: Sequence[Begun]) -> Begun:
    stages = [Stage(each[0].name, median(stage.seconds for stage in each),
                    median(stage.cpu for stage in each))
              for each in zip(*(one.stages for one in rounds), strict=True)]
    return Begun(*(median(one[place] for one in rounds) for place in range(3)), stages)


def test_start_and_memory(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "compileall", "-q", "app", "tests/bench"], cwd=ROOT,
                   check=True)
    site = Lectern(tmp_path / "data")
    site.prepare()
    port, arguments = free_port(), ["serve", "--port", str(site.port), "--workers", "2"]
    plain = [sys.executable, "-c", PLAIN, str(port)]
    ours = [str(ROOT / ".venv/bin/lectern"), *arguments]
    staged = [sys.executable, "-m", "tests.bench.stages", *arguments]
    environment = {**os.environ, "PLAIN_DATABASE": str(tmp_path / "plain.sqlite")}
    rounds = [(begin(plain, port, environment, lambda process: family(process.pid)),
               begin(ours, site.port, site.environment, _web),
               begin(staged, site.port, site.environment, _web)) for _ in range(ROUNDS)]
    reference, start, stages = map(_middle, zip(*rounds, strict=True))
    for what, begun in (("Plain Flask under granian", reference), ("Lectern", start)):
        print(f"\n{what}: first answer after {begun.seconds:.2f} s ({begun.cpu:.2f} s of CPU), "
              f"two web processes at rest {begun.megabytes:.0f} MB", end="")
    for stage in stages.stages:
        print(f"\n  {stage.name}: done after {stage.seconds:.3f} s ({stage.cpu:.3f} s of CPU of"
              " this process)", end="")
    print()
    assert start.megabytes <= MEGABYTES
    assert start.seconds <= START * max(1.0, reference.seconds / PLAIN_START)
    assert start.cpu <= START * max(1.0, reference.cpu / PLAIN_START)
