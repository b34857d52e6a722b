"""What several processes count is one number, whichever of them is asked."""

import math
import os
import signal
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from app.metrics import Family, Numbers, render
from app.metrics.cells import CELLS, NAMES


def child(work: Callable[[], object]) -> None:
    """Does some work in a process forked from this one, and waits for its end."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    os.waitpid(pid, 0)


def lines(numbers: Numbers, name: str) -> list[str]:
    return [each for each in render(numbers.families()).splitlines() if each.startswith(name)]


def test_what_processes_count_is_summed(tmp_path: Path) -> None:
    numbers = Numbers(tmp_path)
    count = numbers.counter("pages_total", "Pages.", "route")
    count.add("/")
    child(lambda: (count.add("/"), count.add("/posts/", number=3)))
    assert lines(numbers, "pages_total") == ['pages_total{route="/"} 2',
                                             'pages_total{route="/posts/"} 3']


def test_what_a_killed_process_counted_is_taken_over_once(tmp_path: Path) -> None:
    def count_and_die() -> None:
        Numbers(tmp_path).counter("pages_total", "Pages.").add(number=5)
        os.kill(os.getpid(), signal.SIGKILL)

    child(count_and_die)
    for wanted in (6, 7):
        numbers = Numbers(tmp_path)
        numbers.counter("pages_total", "Pages.").add()
        assert lines(numbers, "pages_total") == [f"pages_total {wanted}"]
        del numbers
        child(lambda: None)


def test_files_of_processes_that_ended_do_not_pile_up(tmp_path: Path) -> None:
    for _ in range(5):
        child(lambda: Numbers(tmp_path).counter("pages_total", "Pages.").add())
    assert len(list(tmp_path.glob("*.cells"))) == 1


def test_a_gauge_ends_with_its_process(tmp_path: Path) -> None:
    numbers = Numbers(tmp_path)
    kept = numbers.gauge("kept", "Kept.")
    kept.set(4)
    child(lambda: kept.set(3))
    assert lines(numbers, "kept") == ["kept 4"]
    kept.set(1)
    assert lines(numbers, "kept") == ["kept 1"]


def test_two_that_live_have_their_gauges_summed(tmp_path: Path) -> None:
    both = [Numbers(tmp_path), Numbers(tmp_path)]
    for numbers in both:
        numbers.gauge("kept", "Kept.").set(4)
    assert lines(both[0], "kept") == ["kept 8"]


def test_a_histogram_grows_to_its_count(tmp_path: Path) -> None:
    numbers = Numbers(tmp_path)
    took = numbers.histogram("took_seconds", "Took.", "route")
    for seconds in (0.005, 0.02, 0.02, 99.0):
        took.add(seconds, "/")
    found = lines(numbers, "took_seconds")
    counts = [int(each.split()[1]) for each in found if "_bucket" in each]
    assert counts == [1, 1, 3, 3, 3, 3, 3, 3, 3, 3, 3, 4]
    assert found[-2:] == ['took_seconds_sum{route="/"} 99.045', 'took_seconds_count{route="/"} 4']


def test_nothing_is_written_before_something_is_counted(tmp_path: Path) -> None:
    numbers = Numbers(tmp_path / "metrics")
    numbers.counter("pages_total", "Pages.")
    assert not (tmp_path / "metrics").exists()


def test_a_disk_that_takes_nothing_leaves_what_this_process_counts(tmp_path: Path) -> None:
    (tmp_path / "metrics").write_text("a file where the folder should be")
    numbers = Numbers(tmp_path / "metrics")
    numbers.counter("pages_total", "Pages.").add()
    assert lines(numbers, "pages_total") == ["pages_total 1"]


def test_a_full_disk_is_noticed_before_anything_is_counted(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    numbers = Numbers(tmp_path)
    numbers.counter("pages_total", "Pages.").add()
    assert lines(numbers, "pages_total") == ["pages_total 1"]
    assert not list(tmp_path.glob("*.cells"))


def test_more_series_than_there_is_room_for_harm_no_other(tmp_path: Path) -> None:
    numbers = Numbers(tmp_path)
    first = numbers.counter("first_total", "First.")
    first.add()
    many = numbers.histogram("many_seconds", "Many.", "of")
    for number in range(CELLS // 10):
        many.add(1.0, str(number))
    first.add()
    assert lines(numbers, "first_total") == ["first_total 2"]
    assert 100 < len(lines(numbers, "many_seconds_count")) < CELLS // 10


def torn(length: float, names: bytes = b"") -> bytes:
    """What a power cut can leave of a file: how long its names are, and others in their place."""
    return struct.pack("d", length).ljust(CELLS * 8, b"\0") + names.ljust(NAMES, b"\0")


@pytest.mark.parametrize("left", [
    b"", b"not such a file", torn(300), torn(9, b"\xff\xfe"), torn(20, b"counter many a\n"),
    torn(math.inf), torn(math.nan), torn(-1.0)])
def test_a_file_of_somebody_else_is_passed_over(tmp_path: Path, left: bytes) -> None:
    (tmp_path / "stray.cells").write_bytes(left)
    numbers = Numbers(tmp_path)
    numbers.counter("pages_total", "Pages.").add()
    assert lines(numbers, "pages_total") == ["pages_total 1"]


def test_a_value_with_quotes_and_breaks_stays_one_line() -> None:
    family = Family("odd", "gauge", "Odd.").set(1, name='a "b"\\\nc').set(None, name="unknown")
    assert render([family]).splitlines() == [
        "# HELP odd Odd.", "# TYPE odd gauge", r'odd{name="a \"b\"\\\nc"} 1']
