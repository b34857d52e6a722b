"""Looks into every area; whatever goes wrong on the way is a finding, too."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import fields, replace
from threading import Thread
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa

from app.config import Settings
from app.logs.redacting import GONE, redacted
from app.operations.doctor import address, configuration, database, disk, feeds, mail, media, queue
from app.operations.doctor.finding import Finding, Patient, said, wrong

Look = Callable[[Patient], Iterable[Finding]]
AREAS: Mapping[str, Look] = {
    "configuration": configuration.look, "database": database.look, "disk": disk.look,
    "queue": queue.look, "mail": mail.look, "feeds": feeds.look, "media": media.look,
    "address": address.look}
# Longer than any timeout that an area sets itself. Looking at everything takes its time.
PATIENCE_SECONDS = 60.0


def look_everywhere(patient: Patient, patience: float = PATIENCE_SECONDS) -> Iterator[Finding]:
    """The findings of all areas, one after the other, without a secret in any."""
    hidden = secrets(patient.settings)
    for area, look in AREAS.items():
        for each in _look(look, patient, None if patient.full else patience):
            yield replace(each, area=area, says=_clean(each.says, hidden),
                          do=_clean(each.do, hidden))


def _look(look: Look, patient: Patient, patience: float | None) -> list[Finding]:
    found: Future[list[Finding]] = Future()
    Thread(target=_answer, args=(look, patient, found), daemon=True).start()
    try:
        return found.result(patience)
    except TimeoutError:
        return [wrong(f"It has not answered for {patience:.0f} seconds.",
                      "See whether what it needs is reachable, and look again.")]


def _answer(look: Look, patient: Patient, found: "Future[list[Finding]]") -> None:
    seen: list[Finding] = []
    try:
        seen += look(patient)
    except sa.exc.DBAPIError as error:
        seen.append(wrong(f"The database does not tell: {said(error)}",
                          "See above what is wrong with it."))
    # Whatever it is, the other areas are looked at.
    except Exception as error:
        seen.append(wrong(f"It could not be looked at: {said(error)}",
                          "See to what the sentence names, and look again."))
    found.set_result(seen)


def secrets(settings: Settings) -> list[str]:
    """All that must not be told: the values of settings that are never shown, and the passwords
    in addresses, or what stands there for one.
    """
    found = []
    for each in fields(settings):
        value = str(getattr(settings, each.name))
        if "://" in value:
            parts = urlsplit(value)
            secret = parts.password or ("" if each.repr else parts.username) or ""
            found += [secret, unquote(secret)]
        elif not each.repr:
            found.append(value)
    return sorted(filter(None, found), key=len, reverse=True)


def _clean(text: str, hidden: Iterable[str]) -> str:
    for each in hidden:
        text = text.replace(each, GONE)
    return redacted(text)
