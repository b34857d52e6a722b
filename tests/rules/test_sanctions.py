"""Bans and always-holds: what they aim at, and when they hold."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.readers.models import forgotten_key
from app.rules.models import Sanction, Sanctioned
from app.rules.sanctions import HOLDING, aimed, around, prefix, targets
from tests.conftest import NOON

RITA, HASHED = "email:rita@reader.example", forgotten_key("rita@reader.example")


@pytest.mark.parametrize(("address", "found"), [
    ("8.8.8.8", "8.8.8.8/32"),
    ("2001:4860:4860:1:2:3:4:5", "2001:4860:4860:1::/64"), ("::ffff:8.8.8.8", "8.8.8.8/32"),
    ("127.0.0.1", ""), ("10.1.2.3", ""), ("192.168.0.7", ""), ("fe80::1", ""), ("::1", ""),
    ("::ffff:127.0.0.1", ""),
    ("nowhere", ""), ("", ""), (None, ""),
])
def test_only_a_public_address_says_where_somebody_comes_from(address: str | None,
                                                              found: str) -> None:
    assert prefix(address) == found


@pytest.mark.parametrize(("where", "found"), [
    ("8.8.8.8/32", ["8.8.8.8/32", "8.8.8.0/24", "8.8.0.0/16"]),
    ("8.8.8.0/24", ["8.8.8.0/24", "8.8.0.0/16"]),
    ("2001:4860:4860:1::/64", ["2001:4860:4860:1::/64", "2001:4860:4860::/48", "2001:4860::/32"]),
    ("", []), ("unknown", []),
])
def test_around_a_sender_lie_the_networks_that_can_be_named(where: str, found: list[str]) -> None:
    assert around(where) == found


def test_a_sender_is_an_address_a_reader_and_the_networks_around_them() -> None:
    assert targets("rita@reader.example", "8.8.8.8/32", "reader:3") == [
        RITA, HASHED, "reader:3", "network:8.8.8.8/32", "network:8.8.8.0/24", "network:8.8.0.0/16"]
    assert targets("rita@reader.example", "") == [RITA, HASHED]


def sanction(session: Session, target: str, effect: Sanctioned = Sanctioned.BAN, *,
             days: int | None = None, lifted: bool = False, note: str = "") -> None:
    session.add(Sanction(target=target, effect=effect, note=note, made_by="Ed", made_at=NOON,
                         until=NOON + timedelta(days=days) if days else None,
                         lifted_at=NOON if lifted else None, lifted_by="Ed" if lifted else None))
    session.commit()


def held(session: Session, who: list[str], after: int = 0) -> dict[Sanctioned, str | None]:
    """The note of what holds for them so many days later, by its effect."""
    found = session.execute(sa.select(*HOLDING), aimed(who, NOON + timedelta(days=after))).one()
    return {Sanctioned.BAN: found.banned, Sanctioned.HOLD: found.held}


@pytest.mark.parametrize(("days", "lifted", "after", "holds"), [
    (None, False, 9999, True), (7, False, 6, True), (7, False, 7, False), (7, False, 8, False),
    (None, True, 0, False), (7, True, 1, False),
], ids=["without an end it never ends", "before its end it holds", "at its end it does not",
        "after its end it does not", "lifted it does not", "lifted before its end it does not"])
def test_a_sanction_holds_until_it_ends(session: Session, days: int | None, lifted: bool,
                                        after: int, holds: bool) -> None:
    sanction(session, RITA, days=days, lifted=lifted)
    assert (held(session, [RITA], after)[Sanctioned.BAN] is not None) is holds


def test_the_oldest_of_each_effect_speaks_and_others_are_nobodys(session: Session) -> None:
    sanction(session, RITA, Sanctioned.HOLD)
    sanction(session, "network:8.8.0.0/16", note="Spam")
    sanction(session, "email:someone@else.example")
    sanction(session, "network:8.8.8.0/24", note="Later")
    found = held(session, targets("rita@reader.example", "8.8.8.8/32"))
    assert found == {Sanctioned.HOLD: "", Sanctioned.BAN: "Spam"}
