"""A thousand entries and twenty thousand comments on them, with all that comes of such a site.

The same seed makes the same rows. They stand as a site stands whose jobs have run: old words that
nobody published are erased, networks are forgotten, mail has left.
"""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.conftest import NOON

ENTRIES, COMMENTS = 1_000, 20_000
PEOPLE, READERS, TOPICS, SERIES, FEEDS, MAILS = 80, 200, 40, 12, 60, 500
FIRST = NOON - timedelta(days=5 * 365)
EDITORS = 4
KEPT_WORDS, KEPT_NETWORKS, KEPT_MAIL = (timedelta(days=days) for days in (115, 85, 25))
WORDS = """harbour shift crew night lead rota listen quiet ask answer trust watch slow
morning tide plan wrong right learn teach meeting open letter boat bridge season""".split()  # noqa: SIM905
# What became of a comment, and how often that happens in a thousand.
FATES = {"approved": 915, "rejected": 25, "spam": 50, "withdrawn": 10}
RULES = ("first", "links", "watched", "proof", "classifier", "")
VERBS = {"approved": "approve", "rejected": "reject", "spam": "spam"}

Rows = dict[str, list[dict[str, Any]]]


def rows(seed: int) -> Rows:
    """The rows of every table, by its name."""
    chance = Random(seed)
    made: Rows = {}
    for part in (_frame, _entries, _comments, _items, _feeds, _mail):
        part(made, chance)
    return made


def _words(chance: Random, number: int) -> str:
    return " ".join(chance.choices(WORDS, k=number))


def _frame(made: Rows, chance: Random) -> None:
    """What there is one of however large the site: accounts, topics, series, rules."""
    made["people"] = [{
        "id": each, "slug": f"person-{each}", "name": f"Person {each}", "created_at": FIRST,
        "headline": "Harbour master", "bio": "Keeps boats apart.", "links": [],
        "bio_html": "<p>Keeps boats apart.</p>"} for each in range(1, PEOPLE + 1)]
    made["accounts"] = [{
        "id": each, "email": f"editor{each}@lectern.example", "name": f"Editor {each}",
        "role": "admin" if each == 1 else "editor", "created_at": FIRST}
        for each in range(1, EDITORS + 1)]
    made["topics"] = [{"id": each, "slug": f"topic-{each}", "name": f"Topic {each}"}
                      for each in range(1, TOPICS + 1)]
    made["series"] = [{"id": each, "slug": f"series-{each}", "title": f"Series {each}"}
                      for each in range(1, SERIES + 1)]
    made["readers"] = [{
        "id": each, "email": f"reader{each}@reader.example", "name": f"Reader {each}",
        "stop_token": f"stop-{each}", "confirmed_at": FIRST} for each in range(1, READERS + 1)]
    made["media"] = [{"id": 1, "name": "a.mp3", "kind": "audio", "content_type": "audio/mpeg",
                      "size": 1_000_000, "seconds": 600, "created_at": FIRST}]
    made["learned_words"] = [{"word": f"{word}{each}", "spam": 3, "ham": 9}
                             for word in WORDS for each in range(20)]
    made["attempts"] = [{"key": f"{each:064x}", "since": NOON - timedelta(hours=2), "count": 2}
                        for each in range(200)]
    made["purges"] = [{"id": each, "tags": ["entries"], "at": NOON - timedelta(hours=2)}
                      for each in range(1, 201)]


def published_at(entry: int) -> datetime:
    """When an entry went public: five years, evenly."""
    return FIRST + (NOON - timedelta(hours=1) - FIRST) * entry / ENTRIES


def _entries(made: Rows, chance: Random) -> None:
    for name in ("entries", "episodes", "transcript_cues", "contributions", "entry_topics",
                 "entry_links", "revisions", "former_addresses"):
        made[name] = []
    for each in range(1, ENTRIES + 1):
        is_episode, at = each % 20 == 0, published_at(each)
        source = "\n\n".join(_words(chance, 60).capitalize() + "." for _ in range(4))
        # All but the newest have gone in and out of a state or two.
        state = "removed" if each % 97 == 0 else "draft" if each % 89 == 0 else "published"
        shown_at = at if state == "published" else None
        made["entries"].append({
            "id": each, "section": "episodes" if is_episode else "posts", "guid": f"urn:x:{each}",
            "slug": f"entry-{each}", "state": state, "version": 2 - each % 2,
            "title": f"Entry {each} on {_words(chance, 3)}",
            "standfirst": _words(chance, 15).capitalize() + ".", "source": source,
            "html": "".join(f"<p>{part}</p>\n" for part in source.split("\n\n")), "minutes": 2,
            "created_at": at - timedelta(days=2), "updated_at": at,
            "published_at": shown_at, "comments_open": True,
            "noindex": each % 50 == 0,
            "series_id": each % SERIES + 1 if each % 3 == 0 else None,
            "series_number": each if each % 3 == 0 else None})
        if is_episode:
            _episode(made, each, chance)
        # One of the house writes a tenth of all.
        author = 1 if each % 10 == 0 else each % PEOPLE + 1
        made["contributions"].append({"id": each, "entry_id": each, "person_id": author,
                                      "part": "host" if is_episode else "author",
                                      "shown_at": shown_at})
        made["entry_topics"] += [{"entry_id": each, "topic_id": topic, "shown_at": shown_at}
                                 for topic in
                                 sorted(chance.sample(range(1, TOPICS + 1), 2))]
        if each % 2 == 0:
            made["revisions"].append({
                "id": each, "entry_id": each, "version": 1, "title": "Before",
                "standfirst": "", "source": source[:400], "saved_by": "Editor 1", "saved_at": at})
        if each % 25 == 0:
            made["entry_links"].append({"from_id": each, "to_id": each - 1})
            made["former_addresses"].append({"section": "posts", "slug": f"once-{each}",
                                             "entry_id": each})


def _episode(made: Rows, entry: int, chance: Random) -> None:
    made["episodes"].append({"id": entry, "number": entry // 20, "audio_id": 1, "chapters": []})
    made["transcript_cues"] += [{
        "id": entry * 10 + position, "episode_id": entry, "position": position,
        "start": position * 5.0, "end": position * 5.0 + 4, "speaker": f"Person {position % 2 + 1}",
        "text": _words(chance, 12).capitalize() + "."} for position in range(10)]


def _comments(made: Rows, chance: Random) -> None:
    """Twenty an entry; each hundredth entry has a hundred, each tenth of the others four."""
    made["comments"], made["thanks"] = [], []
    number = 0
    for entry in range(1, ENTRIES + 1):
        many = 100 if entry % 100 == 0 else 4 if entry % 10 == 5 else 21 if entry % 10 else 20
        moments = sorted(min(published_at(entry) + timedelta(days=chance.expovariate(0.2)),
                             NOON - timedelta(minutes=chance.uniform(1, 600)))
                         for _ in range(many))
        under = range(number + 1, number + many + 1)
        for number, moment in zip(under, moments, strict=True):
            parent = number - chance.randint(1, number - under[0]) if (
                number > under[0] and chance.random() < 0.3) else None
            made["comments"].append(_comment(number, entry, parent, moment, chance))
            if number % 10 == 0:
                made["thanks"].append({"comment_id": number, "voter": f"v{number}",
                                       "created_at": moment, "counted": True})


def _comment(number: int, entry: int, parent: int | None, at: datetime,
             chance: Random) -> dict[str, Any]:
    state = chance.choices(list(FATES), list(FATES.values()))[0]
    # What came last waits for the most part.
    if at > NOON - timedelta(days=2) and chance.random() < 0.6:
        state = "waiting"
    ended = None if state in {"approved", "waiting"} else at + timedelta(hours=5)
    erased = ended is not None and ended < NOON - KEPT_WORDS
    body = "" if erased else _words(chance, chance.randint(8, 40)).capitalize() + "."
    reader = chance.randint(1, READERS) if chance.random() < 0.3 else None
    typed = f"reader{reader}" if reader else f"typed{chance.randint(1, 3_000)}"
    return {
        "id": number, "public_id": f"{number:010x}", "follow_token": f"follow-{number:024x}",
        "entry_id": entry, "parent_id": parent, "author_name": typed.capitalize(),
        "author_email": "" if erased else f"{typed}@reader.example", "reader_id": reader,
        "author_headline": "Baker", "picture": f"{number % 9999:016x}", "thanks": number % 10 == 0,
        "network": "" if at < NOON - KEPT_NETWORKS else f"198.51.{number % 250}.0/24",
        "body": body, "html": f"<p>{body}</p>", "digest": f"{number:064x}", "state": state,
        "created_at": at, "ended_at": ended, "erased_at": ended if erased else None}


def _items(made: Rows, chance: Random) -> None:
    """An item a comment; all but the waiting and the withdrawn were decided, half by rules.

    Most that wait do so for one reason, so that its page is full on the smallest site, too.
    """
    made["review_items"], made["decisions"], made["staff_notes"] = [], [], []
    for comment in made["comments"]:
        number, state, at = comment["id"], comment["state"], comment["created_at"]
        where = state if state in {"waiting", "withdrawn"} else "decided"
        rule = chance.choice(RULES)
        key = (f"reader:{comment['reader_id']}" if comment["reader_id"]
               else f"email:{comment['author_email']}")
        made["review_items"].append({
            "id": number, "kind": "comment", "subject_id": number, "state": where,
            "why": "Every first comment here is read by an editor.",
            "rule": "proof" if where == "waiting" and number % 3 else rule,
            "facts": {"network": comment["network"]}, "matched": [],
            "title": f"Entry {comment['entry_id']}", "text": comment["body"],
            "person": comment["author_name"], "person_key": key, "entry_id": comment["entry_id"],
            "urgency": number % 2 * 15, "waiting_since": at,
            "due_at": at - timedelta(minutes=number % 2 * 15)})
        if where == "decided":
            editor = chance.randint(1, EDITORS) if chance.random() < 0.5 else None
            made["decisions"].append({
                "id": number, "item_id": number, "account_id": editor, "verb": VERBS[state],
                "account_name": f"Editor {editor}" if editor else "The rules",
                "decided_at": at + timedelta(minutes=chance.uniform(1, 300)) * bool(editor)})


def _feeds(made: Rows, chance: Random) -> None:
    """Feeds that are not due. Two items to twelve entries: one from some feed, one from feed 7."""
    made["feeds"] = [{
        "id": each, "public_id": f"feed-{each}", "url": f"https://f{each}.example/feed.xml",
        "title": f"Feed {each}", "added_at": FIRST, "visited_at": NOON - timedelta(minutes=30),
        "next_visit_at": NOON + timedelta(days=1), "health": "Well.", "listed": [],
        "author_id": each} for each in range(1, FEEDS + 1)]
    made["feed_items"], made["feed_visits"] = [], []
    for each in range(1, ENTRIES // 6 + 1):
        often = each > ENTRIES // 10
        entry, feed = (each * 10 - 995, 7) if often else (each * 10, each % FEEDS + 1)
        at = published_at(entry)
        made["feed_items"].append({
            "id": each, "feed_id": feed, "identity": f"guid-{each}",
            "guid": f"guid-{each}", "link": f"https://f.example/{each}", "title": f"Item {each}",
            "author": "Person 1", "content_hash": f"{each:064x}", "meaning": f"{each:032x}",
            "original": "<p>Words.</p>", "imported_html": "<p>Words.</p>", "published_at": at,
            "first_seen_at": at, "changed_at": at, "entry_id": entry,
            "entry_state": made["entries"][entry - 1]["state"]})
        made["feed_visits"].append({
            "id": each, "feed_id": feed, "at": NOON, "occasion": "schedule",
            "asked": "https://f.example/", "status": 304, "outcome": "unchanged", "sentence": "",
            "next_visit_at": NOON, "next_visit_why": ""})


def _mail(made: Rows, chance: Random) -> None:
    """Mail that has left; what is older than a month is erased."""
    made["outbox"], made["notices"] = [], []
    for each in range(1, MAILS + 1):
        at = NOON - (NOON - FIRST) * each / MAILS - timedelta(hours=1)
        old = at < NOON - KEPT_MAIL
        made["outbox"].append({
            "id": each, "recipient": "" if old else f"reader{each}@reader.example",
            "subject": "An answer", "body": "" if old else _words(chance, 60),
            "about": f"reader:{each % READERS + 1}", "created_at": at, "send_after": at,
            "sent_at": at + timedelta(minutes=1), "attempts": 1})
        recent = NOON - timedelta(days=80) * each / MAILS
        made["notices"].append({
            "id": each, "reader_id": each % READERS + 1, "about": f"decision:{each}",
            "subject": "An answer", "body": _words(chance, 30), "link": f"/comments/{each:010x}",
            "send_after": recent, "mailed_at": recent + timedelta(minutes=1)})
