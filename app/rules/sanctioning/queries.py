"""Reads of sanctions, and what one could be aimed at."""

import ipaddress
from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.desk.models import ReviewItem
from app.readers.models import FORGOTTEN, Reader
from app.rules import queries
from app.rules.judging import Verdict
from app.rules.models import Sanction, Sanctioned
from app.rules.sanctioning.actions import holding
from app.rules.sanctions import around

RULE = {Sanctioned.BAN: "ban", Sanctioned.HOLD: "always-hold"}
MEANS = {
    Verdict.PASS: "is published at once",
    Verdict.HOLD: "waits for an editor, whatever the rules below say",
    Verdict.SPAM: "is set aside as spam at once, with a line in the log that can be taken back",
    Verdict.REFUSE: "is not taken",
}


def listed(now: datetime, *, past: bool) -> sa.Select[Sanction]:
    """The sanctions that hold now, or those that do no more; the newest first."""
    holds = holding(now)
    return sa.select(Sanction).where(sa.not_(holds) if past else holds).order_by(Sanction.id.desc())


def names(session: Session, sanctions: Iterable[Sanction]) -> dict[str, str]:
    """What each target is called; readers by their name and address. One query."""
    targets = {each.target for each in sanctions}
    ids = {int(each.removeprefix("reader:")) for each in targets if each.startswith("reader:")}
    readers = {reader.key: f"{reader.name or 'A reader'}, {reader.email} (confirmed)"
               for reader in session.scalars(sa.select(Reader).where(Reader.id.in_(ids)))}
    return {each: readers.get(each) or _name(each) for each in targets}


def _name(target: str) -> str:
    kind, _, value = target.partition(":")
    if kind == "network":
        return _size(value)
    if f"{kind}:" == FORGOTTEN:
        return "Somebody who was forgotten, whoever types their address"
    return f"{value}, as typed" if kind == "email" else "A reader who is gone"


def _size(where: str) -> str:
    network = ipaddress.ip_network(where)
    if network.version == 6:
        whose = "one subscriber" if network.prefixlen == 64 else "the network around"
        return f"{network} ({whose})"
    if network.num_addresses == 1:
        return f"{network.network_address} alone"
    return f"{network} ({network.num_addresses:,} addresses)"


def choices(session: Session, item: ReviewItem) -> Mapping[str, str]:
    """What a sanction could be aimed at because of this comment: target to its name."""
    found = dict(_who(session, item.person_key))
    where = item.facts.get("network") or ""
    return {**found, **{f"network:{each}": _size(each) for each in around(where)}}


def _who(session: Session, key: str) -> Iterable[tuple[str, str]]:
    kind, _, value = key.partition(":")
    if kind == "reader" and (reader := session.get(Reader, int(value))):
        yield key, f"{reader.name or 'The reader'}, whose address {reader.email} is confirmed"
        yield f"email:{reader.email}", f"{reader.email}, whoever types it"
    elif kind == "account" and (account := session.get(Account, int(value))):
        yield f"email:{account.email}", f"{account.email}, whoever types it"
    elif f"{kind}:" == FORGOTTEN:
        yield key, "whoever types the address that we have forgotten"
    elif kind == "email" and value:
        yield key, f"{value}, whoever types it"


def meanings(session: Session) -> dict[Sanctioned, str]:
    """What each effect does to a comment as the rules are now."""
    lines = {line.rule.name: line for line in queries.in_force(session)}
    return {effect: MEANS[line.verdict] if line.on else
            f"is judged like any other: the rule “{line.rule.label}” is switched off"
            for effect, name in RULE.items() for line in [lines[name]]}
