"""Of a feed's long past only what a document can be about is looked at, and nothing changes."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

import pytest

from app.feeds.deciding import Judgement, Known, content_hash, decide, meaning
from app.feeds.deciding.seeking import EVERYTHING, Sought, sought
from app.feeds.models import Trust
from app.feeds.parsing import ParsedFeed, ParsedItem
from app.feeds.staging import weigh
from tests.conftest import NOON

SITE = "https://site.example/"
LINKS = [f"https://{host}site.example/{page}" for host in ("", "www.") for page in range(5)]


def past(chance: Random) -> list[Known]:
    """Items of some years, some of which share a guid, a link, a text, or have a numbered name."""
    found = []
    for number in range(1, 40):
        each = item(chance, number)
        kind = chance.choice(["guid", "link", "hash"])
        name = {"guid": each.guid, "link": each.link, "hash": content_hash(each)}[kind]
        found.append(Known(f"{kind}:{name}{chance.choice(['', f'#{number}'])}", each.link,
                           content_hash(each), NOON - timedelta(days=number), each.guid,
                           meaning(each), number, chance.random() < 0.2))
    return list({each.identity: each for each in found}.values())


def item(chance: Random, number: int) -> ParsedItem:
    text = chance.choice(["Short.", "<p>The same long words.</p>" * 20, f"Words of {number}."])
    return ParsedItem(
        title=chance.choice(["Title", f"Title {number}"]),
        guid=chance.choice(["", *(f"guid{each}" for each in range(9)), f"own{number}"]),
        link=chance.choice([*LINKS, f"{SITE}own{number}", f"{SITE}own{number}/?utm_source=x",
                            *([None, SITE] if chance.random() < 0.1 else [])]),
        published=None, content_html=text)


@pytest.mark.parametrize("trust", Trust)
def test_what_is_decided_is_the_same_as_with_the_whole_past(trust: Trust) -> None:
    less = 0
    for seed in range(150):
        chance = Random(seed)
        known, before = past(chance), (Judgement(trust, ""), chance.sample(range(1, 40), 4))
        feed = ParsedFeed("A feed", site_url=SITE, items=tuple(
            item(chance, chance.randrange(1, 60)) for _ in range(chance.randint(1, 5))))

        def read(scope: Sought | None, known: Sequence[Known] = known) -> list[Known]:
            return [each for each in known if scope is EVERYTHING or scope.has(
                each.id, each.identity, each.guid, each.link, each.content_hash)]

        weighed = weigh(read, feed, before, NOON)
        assert weighed.decided == decide(known, feed, NOON, before=before[0], listed=before[1])
        less += len(weighed.known) < len(known)
    assert less > 50 or trust is Trust.HASH


def test_where_texts_tell_items_apart_all_of_the_past_is_sought() -> None:
    feed = ParsedFeed("A feed", site_url=SITE, items=(ParsedItem("One", link=LINKS[1]),))
    assert sought(feed, Judgement(Trust.HASH, ""), []) is EVERYTHING
    assert sought(feed, Judgement(Trust.GUID, ""), []) is not EVERYTHING
    at_home = ParsedFeed("A feed", site_url=SITE, items=(ParsedItem("One", link=SITE),))
    assert sought(at_home, Judgement(Trust.GUID, ""), []) is EVERYTHING
