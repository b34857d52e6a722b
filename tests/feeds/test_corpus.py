"""Every document of the corpus is answered: with a feed or with a sentence, never a traceback."""

from datetime import UTC, datetime

from app.feeds.deciding import Known, VerdictKind, decide
from app.feeds.parsing import ParsedFeed, ParseFailed, parse
from tests.feeds.corpus import ADDRESS, documents

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def answer(body: bytes, content_type: str) -> ParsedFeed | str:
    """What the pipeline says to a document."""
    try:
        return parse(body, content_type=content_type, url=ADDRESS)
    except ParseFailed as failure:
        return str(failure)


def test_every_document_of_the_corpus_is_answered() -> None:
    answers = {name: answer(body, content_type) for name, body, content_type in documents()}
    assert len(answers) > 2000
    feeds = [feed for feed in answers.values() if isinstance(feed, ParsedFeed)]
    assert len(feeds) > 0.98 * len(answers)
    for sentence in (one for one in answers.values() if isinstance(one, str)):
        assert sentence.endswith(".")
        assert len(sentence) < 120
        assert "<" not in sentence
    for feed in feeds:
        check_decisions(feed)


def check_decisions(feed: ParsedFeed) -> None:
    """Every item is decided once, and a second look finds nothing new."""
    first = decide((), feed, NOW).verdicts
    assert [verdict.item for verdict in first] == list(feed.items)
    stored = [
        Known(one.identity, one.item.link, one.content_hash, one.date, one.item.guid, one.meaning)
        for one in first if one.kind == VerdictKind.NEW
    ]
    assert {one.kind for one in decide(stored, feed, NOW).verdicts} <= {
        VerdictKind.UNCHANGED, VerdictKind.REPEATED
    }
