"""How we ask whoever serves a feed."""

from dataclasses import dataclass, field

from app.fetch import Allow, Limits


@dataclass(frozen=True)
class Asking:
    """Under which name we ask, and which addresses may be reached though not public."""

    agent: str
    allow: Allow
    limits: Limits = field(default_factory=Limits)
