"""The rules themselves: pure functions of facts and their own settings, in their usual order."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from app.rules.facts import Facts
from app.rules.judging import Match, Rule, Setting, Verdict

PASS, HOLD, SPAM, REFUSE = Verdict.PASS, Verdict.HOLD, Verdict.SPAM, Verdict.REFUSE
Settings = Mapping[str, Any]
# Without a bound, a comment made for it would keep three stars busy for minutes.
ANY_LETTERS = r"\w{0,20}"
SENT_BEFORE = ("You have sent exactly this comment before, and it is safe with us: the private page"
               " that you were given then says where it stands.")


def length(facts: Facts, settings: Settings) -> Match | None:
    """Too short or too long."""
    if len(facts.body) > settings["most"]:
        return Match(f"A comment has at most {settings['most']:,} characters here.")
    if len(facts.body) < settings["least"]:
        return Match(f"A comment has at least {settings['least']} characters here.")
    return None


def closed(facts: Facts, settings: Settings) -> Match | None:
    """The entry takes no more comments."""
    return Match("Comments on this page are closed.") if facts.closed else None


def duplicate(facts: Facts, settings: Settings) -> Match | None:
    """The same person said exactly this, in the same place."""
    return Match(SENT_BEFORE) if facts.duplicate else None


def rate(facts: Facts, settings: Settings) -> Match | None:
    """Too many in ten minutes, from one network or from one identity."""
    if (facts.from_network >= settings["per_network"]
            or facts.from_identity >= settings["per_identity"]):
        return Match("That was a lot of comments in ten minutes. Please wait a little; what you"
                     " wrote is still in the form.")
    return None


def staff(facts: Facts, settings: Settings) -> Match | None:
    """An editor who is signed in."""
    return Match("An editor wrote this.") if facts.staff else None


def ban(facts: Facts, settings: Settings) -> Match | None:
    """An editor has banned where it comes from."""
    return None if facts.banned is None else Match("Comments from here are not taken at present.")


def always_hold(facts: Facts, settings: Settings) -> Match | None:
    """An editor wants to read everything from here first."""
    return None if facts.held is None else Match("An editor reads everything from here first.")


def honeypot(facts: Facts, settings: Settings) -> Match | None:
    """A field that people do not see was filled in."""
    return Match("A field that people do not see was filled in, as machines do."
                 ) if facts.honeypot else None


def proof(facts: Facts, settings: Settings) -> Match | None:
    """The small sum that a browser does in the background is missing."""
    return None if facts.proof else Match(
        "It came without the small sum that browsers do in the background; without JavaScript"
        " that is normal.")


def links(facts: Facts, settings: Settings) -> Match | None:
    """More links than usual."""
    if len(facts.links) <= settings["most"]:
        return None
    allowed = settings["most"]
    usual = "no link" if not allowed else "one link" if allowed == 1 else f"{allowed} links"
    return Match(f"It has {len(facts.links)} links; up to {usual} would pass."
                 if allowed else "It has a link in it.", facts.links)


def watched(facts: Facts, settings: Settings) -> Match | None:
    """Words that an editor wants to look at."""
    found = matches(settings["words"], facts.texts)
    return Match("It has words in it that an editor looks at first.", found) if found else None


def blocked(facts: Facts, settings: Settings) -> Match | None:
    """Words that only advertising uses here."""
    found = matches(settings["words"], facts.texts)
    return Match("It has words in it that only advertising uses here.", found) if found else None


def refusals(facts: Facts, settings: Settings) -> Match | None:
    """A confirmed reader whose comments were turned down lately."""
    if facts.verified and facts.refused_lately >= settings["most"]:
        return Match("Some of this reader's last comments were not published.")
    return None


def classifier(facts: Facts, settings: Settings) -> Match | None:
    """It reads like what editors here have called spam."""
    if facts.spam_chance is None or facts.learned < settings["after"]:
        return None
    if facts.spam_chance * 100 < settings["percent"]:
        return None
    return Match("It reads like comments that were spam here before.")


def service(facts: Facts, settings: Settings) -> Match | None:
    """What an outside spam service says; no answer is a doubt too."""
    if facts.service == "discard":
        return Match("The spam service that this site asks is certain that it is spam.")
    if facts.service == "spam":
        return Match("The spam service that this site asks has a doubt.")
    return Match("The spam service that this site asks did not answer."
                 ) if facts.service == "down" else None


def first(facts: Facts, settings: Settings) -> Match | None:
    """The first comments of everybody; an address that was only typed is nobody yet."""
    if facts.verified and facts.approved >= settings["comments"]:
        return None
    return Match("Every first comment here is read by an editor before it appears.")


def matches(patterns: Sequence[str], texts: Iterable[str]) -> tuple[str, ...]:
    """The words of `texts` that a pattern matches, as they were typed, each once.

    A pattern matches whole words, in any case of letters; `*` stands for any letters.
    """
    search = _search(tuple(patterns))
    if search is None:
        return ()
    found = (match.group() for text in texts for match in search.finditer(text))
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=32)
def _search(patterns: tuple[str, ...]) -> re.Pattern[str] | None:
    words = [re.escape(each.strip()).replace(r"\*", ANY_LETTERS).replace(r"\ ", r"\s+")
             for each in patterns if each.strip().strip(" *")]
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE) if words else None


RULES: Mapping[str, Rule] = {rule.name: rule for rule in (
    Rule("length", "Length", "Refuses what is too short or too long.", (REFUSE, HOLD), length,
         {"least": Setting("Fewest characters", 1, 1, 1000),
          "most": Setting("Most characters", 8000, 100, 8000)}),
    Rule("closed", "Closed", "Refuses comments under old entries. An entry can say otherwise.",
         (REFUSE,), closed,
         {"days": Setting("Days after publication (0 is never)", 120, 0, 36500)}),
    Rule("duplicate", "Sent before", "Refuses exactly the same from the same person.", (REFUSE,),
         duplicate),
    Rule("rate", "Too many at once", "Refuses a flood from one network or one person.",
         (REFUSE, HOLD), rate,
         {"per_network": Setting("From one network in ten minutes", 120, 1, 10_000),
          "per_identity": Setting("From one person in ten minutes", 60, 1, 10_000)}),
    Rule("staff", "Editors", "Publishes what an editor writes while signed in.", (PASS,), staff),
    Rule("ban", "Bans", "Sets aside what comes from banned readers and networks.",
         (SPAM, HOLD), ban),
    Rule("always-hold", "Always hold", "Holds what comes from those you want to read first.",
         (HOLD,), always_hold),
    Rule("honeypot", "Hidden field", "A field that only machines fill in.", (SPAM, HOLD),
         honeypot),
    Rule("blocked", "Blocked words", "Sets aside what has one of these words in it.", (SPAM, HOLD),
         blocked, {"words": Setting("Words, one a line; * stands for any letters", ())}),
    Rule("watched", "Watched words", "Holds what has one of these words in it.", (HOLD, SPAM),
         watched, {"words": Setting("Words, one a line; * stands for any letters", ())}),
    Rule("links", "Links", "Holds what has more links than this.", (HOLD, SPAM), links,
         {"most": Setting("Most links", 2, 0, 100)}),
    Rule("refusals", "Turned down lately", "Holds readers of whom this many comments were turned"
         " down in 30 days.", (HOLD,), refusals, {"most": Setting("Comments", 2, 1, 100)}),
    Rule("classifier", "Reads like spam", "Learns from your own decisions which words spam uses"
         " here.", (HOLD, SPAM), classifier,
         {"percent": Setting("From this chance on, in percent", 90, 50, 100),
          "after": Setting("Once it has learned from this many comments", 50, 2, 100_000)}),
    Rule("service", "Spam service", "Asks an Akismet-compatible service, if one is configured.",
         (HOLD, SPAM), service, {"seconds": Setting("Wait at most, in seconds", 3, 1, 10)},
         on=False),
    Rule("first", "First comments", "Holds the first comments of every reader whose address is"
         " confirmed, and all of everybody else's.", (HOLD,), first,
         {"comments": Setting("Comments to be approved first", 3, 0, 1000)}),
    Rule("proof", "Proof of work", "Holds what came without the small sum that browsers do in the"
         " background. Without JavaScript there is none.", (HOLD,), proof),
)}
