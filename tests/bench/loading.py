"""What a kept page costs the server that sends it, under as much load as `wrk` makes."""

import re
import subprocess
from collections.abc import Callable, Sequence
from statistics import median
from typing import NamedTuple

from tests.bench.serving import cpu

ROUNDS, SECONDS, CONNECTIONS = 3, 2, 32


class Cost(NamedTuple):
    """CPU microseconds of a request, and requests a second."""

    cpu: float
    rate: float


def load(pids: set[int], url: str, *headers: str) -> Cost:
    """What each of the requests of SECONDS costs, from CONNECTIONS that stay open."""
    before = cpu(pids)
    wanted = [part for each in ("Accept-Encoding: gzip", *headers) for part in ("-H", each)]
    said = subprocess.run(["wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", str(SECONDS), *wanted,
                           url], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+) requests in", said)
    assert "Non-2xx" not in said, said
    assert found, said
    number = int(found.group(1))
    return Cost((cpu(pids) - before) * 1e6 / number, number / SECONDS)


def compared(what: dict[str, Callable[[], Cost]], with_: str) -> Sequence[Cost]:
    """The middle of ROUNDS in which all took turns, printed as multiples of one of them."""
    rounds = [[ask() for ask in what.values()] for _ in range(ROUNDS)]
    costs = {name: Cost(*map(median, zip(*each, strict=True)))
             for name, each in zip(what, zip(*rounds, strict=True), strict=True)}
    unit = costs[with_]
    for name, cost in costs.items():
        print(f"\n{name}: {cost.cpu:.0f} µs of CPU ({cost.cpu / unit.cpu:.2f}), "
              f"{cost.rate:,.0f} a second ({cost.rate / unit.rate:.2f})", end="")
    print()
    return list(costs.values())
