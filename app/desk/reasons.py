"""The reasons that editors give with one key each, and the message to the writer in each of them.

Until editors save their own, the usual ones below hold; they are no rows, so that a site which
never touched them gets better ones with a new version.
"""

import zlib
from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.desk.models import Reason, Verb
from app.prepared import Prepared

KEYS = 9
MOST = 30
LONGEST_LABEL, LONGEST_MESSAGE = 80, 2_000
# Praise needs no template, and whoever spams gets no letter.
EXPLAINED = {Verb.REJECT, Verb.RETURN}


class Template(NamedTuple):
    """A reason, the message that its writer reads unless the editor types another, its key."""

    label: str
    message: str = ""
    key: int | None = None

    def __str__(self) -> str:
        return self.label


class Unusable(Exception):
    """These reasons cannot be kept; the text says why."""


def _keyed(templates: Sequence[Template]) -> tuple[Template, ...]:
    return tuple(each._replace(key=number if number <= KEYS else None)
                 for number, each in enumerate(templates, 1))


USUAL = _keyed([
    Template("Off topic", "Thank you for writing. What you say leads away from what this page is"
             " about, so we have not published it here. It may well fit under another piece."),
    Template("Personal attack", "Please disagree with what was said, not with who said it. Without"
             " the remarks about the person we are glad to read it again."),
    Template("Promotion or advertising", "We do not publish anything that is mainly there to"
             " promote something. What you have learned from your work is welcome without it."),
    Template("Hard to understand", "We read this twice and were still not sure what you mean. Could"
             " you say it again, in short sentences and with an example?"),
    Template("Facts that need a source", "You may be right, but readers will want to check it."
             " Please send it again with a source for the facts in it."),
    Template("Published elsewhere already", "We publish only what has not appeared elsewhere, and"
             " this seems to have. We look forward to something new from you."),
    Template("Too short for a piece of its own", "There is a good thought in this, but it is too"
             " short for a piece of its own. Tell us more: what happened, and what came of it?"),
    Template("Private details of others", "This tells things about others that they may not want to"
             " see in public. Please take out names and details, and send it again."),
    Template("Not right for this site", "Thank you for offering this. It is not right for this"
             " site, which says nothing about its worth elsewhere."),
])
REASONS = tuple(each.label for each in USUAL)


def every(session: Session) -> Sequence[Template]:
    """All reasons in their order; the first nine have a key."""
    rows = _OWN.rows(session, {})
    return _keyed([Template(*row) for row in rows]) if rows else USUAL


# Built once: putting it together costs more than asking it.
_OWN = Prepared(sa.select(Reason.label, Reason.message).order_by(Reason.position, Reason.id))


def version(templates: Sequence[Template]) -> str:
    """A mark that changes with the reasons, so that nobody overwrites what they did not see."""
    words = "\0".join(f"{each.label}\0{each.message}" for each in templates)
    return f"{zlib.crc32(words.encode()):08x}"


def settle(templates: Sequence[Template], typed: str) -> str:
    """A reason in words: `typed`, or that of the key if it is one."""
    if typed.isascii() and typed.isdecimal():
        return next((each.label for each in templates if str(each.key) == typed), typed)
    return typed


def message_for(templates: Sequence[Template], verb: Verb, reason: str, typed: str) -> str:
    """What the writer reads: what was typed, or else the message that goes with the reason.

    The message of another reason was brought by it, and leaves with it.
    """
    if verb not in EXPLAINED:
        return typed
    brought = {each.message for each in templates}
    usual = next((each.message for each in templates if each.label == reason), "")
    return usual if not typed or (usual and typed in brought) else typed


def save(session: Session, templates: Sequence[Template]) -> None:
    """Keeps these reasons instead of all there were; none means the usual ones. Commits.

    Raises Unusable.
    """
    check(templates)
    session.execute(sa.delete(Reason))
    session.add_all(Reason(position=place, label=each.label, message=each.message)
                    for place, each in enumerate(templates, 1))
    session.commit()


def check(templates: Sequence[Template]) -> None:
    """Raises Unusable with the first thing that is wrong."""
    labels = [each.label.casefold() for each in templates]
    for each in templates:
        if not each.label:
            raise Unusable("A message stands without its reason.")
        if len(each.label) > LONGEST_LABEL:
            raise Unusable(f"“{each.label[:40]}…” is too long: a reason has at most"
                           f" {LONGEST_LABEL} characters.")
        if each.label.isdecimal():
            raise Unusable(f"“{each.label}”: a number is no reason, for numbers are keys.")
        if len(each.message) > LONGEST_MESSAGE:
            raise Unusable(f"“{each.label}”: a message has at most {LONGEST_MESSAGE:,} characters.")
        if labels.count(each.label.casefold()) > 1:
            raise Unusable(f"“{each.label}” stands there twice.")
    if len(templates) > MOST:
        raise Unusable(f"There can be {MOST} reasons; nobody would find one among more.")
