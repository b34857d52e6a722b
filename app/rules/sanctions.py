"""What a ban or an always-hold can aim at, and which of them hold."""

import ipaddress
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.readers.models import forgotten_key
from app.rules.models import Sanction, Sanctioned
from app.throttle import network

# The prefixes that an editor can choose from: one subscriber, or the network around them.
PREFIXES = {4: (32, 24, 16), 6: (64, 48, 32)}
# A sender is an address, an identity, and a network with the wider ones around it.
_TARGETS = [f"target_{number}" for number in range(5)]


@lru_cache(maxsize=4096)
def prefix(address: str | None) -> str:
    """The prefix that a sender comes from; "" for an address that says nothing about them.

    That is one that is not public: a proxy in front of us, which all would seem to come from.
    """
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    # A server that listens on both protocols words an IPv4 address as an IPv6 one.
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return network(str(ip)) if ip.is_global else ""


def first_address(where: str) -> str:
    """The first address of a prefix: of an IPv4 one the very address, for we keep it whole."""
    return str(ipaddress.ip_network(where).network_address) if where else ""


def targets(email: str, where: str, reader: str | None = None) -> list[str]:
    """Everything a sanction could name that this sender is. `where` is their prefix."""
    found = [f"email:{email}", forgotten_key(email)]
    if reader:
        found.append(reader)
    return found + [f"network:{each}" for each in around(where)]


def aimed(targets: Sequence[str], now: datetime) -> dict[str, Any]:
    """The parameters of HOLDING for everything that a sender is."""
    named = dict(zip(_TARGETS, targets, strict=False))
    return {**dict.fromkeys(_TARGETS, ""), **named, "now": now}


def _note(effect: Sanctioned) -> sa.ScalarSelect[str]:
    """What the oldest one says that has this effect on one of the targets now."""
    now = sa.bindparam("now", type_=Sanction.until.type)
    return (sa.select(Sanction.note)
            .where(Sanction.target.in_([sa.bindparam(name) for name in _TARGETS]),
                   Sanction.effect == effect, Sanction.lifted_at.is_(None),
                   sa.or_(Sanction.until.is_(None), Sanction.until > now))
            .order_by(Sanction.id).limit(1).scalar_subquery())


# Columns, each the note of what holds, or nothing.
HOLDING = (_note(Sanctioned.BAN).label("banned"), _note(Sanctioned.HOLD).label("held"))


def retarget(session: Session, old: str, new: str) -> None:
    """Aims what was aimed at `old` at `new`: nobody escapes a ban by being forgotten."""
    session.execute(sa.update(Sanction).where(Sanction.target == old).values(target=new))


def around(where: str) -> list[str]:
    """The prefix itself and the wider ones that an editor can choose; none of "" or "unknown"."""
    if not where:
        return []
    try:
        inner = ipaddress.ip_network(where)
    except ValueError:
        return []
    return [str(inner.supernet(new_prefix=size)) for size in PREFIXES[inner.version]
            if size <= inner.prefixlen]
