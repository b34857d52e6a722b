"""All that a rule may look at, gathered before the first rule runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Facts:
    """One comment on its way in, and what is known around it as of that moment.

    Texts are what was typed. `from_network` and `from_identity` count comments of the last
    WINDOW from the same network prefix and the same identity; `approved` and `refused_lately` count
    earlier ones of a *verified* identity (the latter in the last 30 days). `spam_chance` is the
    classifier's, from 0 to 1, None while it has learned too little. `service` is what an outside
    spam service said: "ham", "spam", "discard" where it is certain, "down" where it did not say, or
    "" if none was asked. `sanction` is the note of a
    ban or always-hold that applies.
    """

    body: str
    name: str = ""
    headline: str = ""
    url: str = ""
    links: tuple[str, ...] = ()
    closed: bool = False
    duplicate: bool = False
    from_network: int = 0
    from_identity: int = 0
    staff: bool = False
    banned: str | None = None
    held: str | None = None
    honeypot: bool = False
    proof: bool = False
    verified: bool = False
    approved: int = 0
    refused_lately: int = 0
    spam_chance: float | None = None
    learned: int = 0
    service: str = ""

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that readers would see of it."""
        return tuple(filter(None, (self.body, self.name, self.headline, self.url)))

    def kept(self) -> dict[str, Any]:
        """What is stored of them beside the item, whose text is the body."""
        return {name: value for name, value in vars(self).items() if name != "body"}

    @classmethod
    def of(cls, body: str, kept: Mapping[str, Any]) -> "Facts":
        """The facts as they were stored; what an older version did not know is as by default."""
        known = {name: kept[name] for name in cls.__dataclass_fields__ if name in kept}
        known["links"] = tuple(known.get("links", ()))
        return cls(**{**known, "body": body})
