"""How many of a feed's posts are public, waiting or down is kept right whatever happens to them."""

from app.desk.models import Verb
from app.entries import actions as entries
from app.feeds.models import FeedItem
from tests.feeds.asking import Source
from tests.feeds.documents import Item
from tests.making import Maker
from tests.visiting import Visitor

HERE = "{} published or scheduled, {} waiting, {} taken down or refused"


def test_a_feeds_numbers_follow_its_posts(source: Source, make: Maker, editor: Visitor,
                                          visitor: Visitor) -> None:
    def says(*numbers: int) -> None:
        assert HERE.format(*numbers) in editor.get(f"/desk/feeds/{source.feed.id}").words
        told = "1 post of it" if numbers[0] == 1 else f"{numbers[0]} posts of it"
        assert told in visitor.get(source.feed.about_path).words

    source.says(Item("one"), Item("two"), Item("three"))
    says(0, 3, 0)
    [one, two, _three] = source.entries()
    for each in (one, two):
        entries.publish(source.session, source.session.merge(each), now=source.time.now())
    source.session.commit()
    says(2, 1, 0)
    entries.remove(source.session.merge(two), now=source.time.now())
    source.session.commit()
    says(1, 1, 1)
    refused = make.decision(make.item("feed-item", source.stored()[2].id), Verb.REJECT)
    says(1, 0, 2)
    editor.post(f"{refused.path}/undo")
    says(1, 1, 1)
    assert {item.entry_state for item in source.session.query(FeedItem)} == {
        "published", "removed", "waiting"}
