"""The text that Prometheus reads: exposition format 0.0.4."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


@dataclass
class Family:
    """All that goes by one name. Values by their labels, which `labelled` has written.

    A histogram's values are one count for each of `bounds` and one above them, then the sum.
    """

    name: str
    kind: str
    says: str
    samples: dict[str, Sequence[float]] = field(default_factory=dict)
    bounds: Sequence[float] = ()

    def set(self, value: float | None, **labels: str) -> "Family":
        """Adds one value; none if it is None, for what nobody knows is not 0."""
        if value is not None:
            self.samples[labelled(labels)] = (float(value),)
        return self


def labelled(labels: Mapping[str, str]) -> str:
    """`{name="value"}`, or nothing where there are no labels."""
    inside = ",".join(f'{name}="{str(value).translate(_ESCAPES)}"'
                      for name, value in labels.items())
    return f"{{{inside}}}" if inside else ""


def render(families: Iterable[Family]) -> str:
    """All families that have values, in the order of their names."""
    lines = []
    for family in sorted(families, key=lambda each: each.name):
        if family.samples:
            lines += [f"# HELP {family.name} {family.says}",
                      f"# TYPE {family.name} {family.kind}", *_samples(family)]
    return "\n".join([*lines, ""])


def _samples(family: Family) -> Iterator[str]:
    for labels, values in sorted(family.samples.items()):
        if family.kind == "histogram":
            yield from _histogram(family, labels, values)
        else:
            yield f"{family.name}{labels} {_number(values[0])}"


def _histogram(family: Family, labels: str, values: Sequence[float]) -> Iterator[str]:
    *counts, total = values
    inside = f"{labels[1:-1]}," if labels else ""
    bounds = [*map(_number, family.bounds), "+Inf"]
    for bound, count in zip(bounds, accumulate(counts), strict=True):
        yield f'{family.name}_bucket{{{inside}le="{bound}"}} {_number(count)}'
    yield f"{family.name}_sum{labels} {_number(total)}"
    yield f"{family.name}_count{labels} {_number(sum(counts))}"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(round(value, 9))
