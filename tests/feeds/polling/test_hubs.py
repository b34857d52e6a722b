"""Being told of news by a feed's hub: asking it, being asked back, hearing it, ending it."""

import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.feeds import actions
from app.feeds.polling import hubs
from app.feeds.polling.hub_links import hub_and_topic
from app.feeds.polling.models import FeedSubscription, FeedVisit, Occasion, SubscriptionState
from tests.feeds.asking import Source
from tests.feeds.documents import Item, rss

ONE, TWO = Item("one"), Item("two")
TOPIC = "https://blog.example/feed"
DAY = 86400

LINKS = [
    ('<https://hub.example/>; rel="hub", <https://b.example/f>; rel="self"',
     ("https://hub.example/", "https://b.example/f")),
    ("</hub>; rel=hub, </f>;rel=self", ("https://b.example/hub", "https://b.example/f")),
    ('<https://hub.example/>; title="a, b; c"; rel="hub", <https://b.example/f>; rel="x self"',
     ("https://hub.example/", "https://b.example/f")),
    ('<https://one.example/>; rel=hub, <https://two.example/>; rel=hub, </f>; rel=self',
     ("https://one.example/", "https://b.example/f")),
    ('<https://hub.example/>; rel="hub"', (None, None)),
    ('<javascript:alert(1)>; rel="hub", </f>; rel=self', (None, None)),
    ('<http://[x>; rel="hub", </f>; rel=self', (None, None)),
    ("", (None, None)), ("<<<>;;;rel==", (None, None)),
]


@pytest.mark.parametrize(("link", "found"), LINKS)
def test_a_hub_and_its_topic_are_named_in_link_headers(
        link: str, found: tuple[str | None, str | None]) -> None:
    assert hub_and_topic({"link": link}, "https://b.example/x", None, None) == found


def test_link_headers_count_before_the_feed_which_counts_without_them() -> None:
    feed = ("https://said.example/hub", "https://said.example/feed")
    assert hub_and_topic({}, TOPIC, *feed) == feed
    assert hub_and_topic({"link": "</hub>; rel=hub"}, TOPIC, *feed) == (
        "https://blog.example/hub", feed[1])


class Hub:
    """A hub on the test's server, and the feed that names it."""

    def __init__(self, source: Source, client: FlaskClient) -> None:
        self.source, self.client = source, client
        self.server, self.time = source.server, source.time
        self.url = self.server.serve("", "/hub", status=202)
        self.say(ONE)

    def say(self, *items: Item, hub: str = "/hub") -> None:
        """The feed says this, and that it has a hub."""
        self.server.serve(rss(*items), headers=self.links(hub))

    def links(self, hub: str = "/hub") -> dict[str, str]:
        """The headers that name the hub."""
        return {"Link": f'<{hub}>; rel="hub", <{TOPIC}>; rel="self"'}

    def work(self, **later: float) -> None:
        """The worker's round with hubs, a while later."""
        self.time.forward(**later)
        self.source.app.extensions["jobs"].run(hubs.JOB)

    def row(self) -> FeedSubscription | None:
        session = self.source.session
        session.expire_all()
        found = session.scalars(sa.select(FeedSubscription)).one_or_none()
        session.commit()
        return found

    @property
    def state(self) -> SubscriptionState | None:
        row = self.row()
        return row.state if row else None

    @property
    def asked(self) -> list[dict[str, str]]:
        return self.server.forms.get("/hub", [])

    def path(self) -> str:
        return self.asked[-1]["hub.callback"].removeprefix("http://localhost")

    def comes_back(self, mode: str = "subscribe", topic: str = TOPIC, challenge: str = "c-1",
                   lease: str = str(10 * DAY)) -> TestResponse:
        """The hub asks whether we meant it."""
        return self.client.get(self.path(), query_string={
            "hub.mode": mode, "hub.topic": topic, "hub.challenge": challenge,
            "hub.lease_seconds": lease})

    def push(self, body: bytes = b"<rss/>", *, method: str = "sha256", secret: str = "",
             signature: str | None = None) -> TestResponse:
        """The hub sends news."""
        key = secret or next(each for each in self.asked if "hub.secret" in each)["hub.secret"]
        if signature is None:
            signature = f"{method}=" + hmac.new(key.encode(), body, method).hexdigest()
        return self.client.post(self.path(), data=body, content_type="application/rss+xml",
                                headers={"X-Hub-Signature": signature,
                                         "Sec-Fetch-Site": "cross-site",
                                         "Origin": "https://hub.example"})

    def visits(self) -> list[FeedVisit]:
        found = list(self.source.session.scalars(sa.select(FeedVisit).order_by(FeedVisit.id)))
        self.source.session.commit()
        return found


@pytest.fixture
def hub(source: Source) -> Hub:
    return Hub(source, source.app.test_client())


@pytest.fixture
def subscribed(hub: Hub) -> Hub:
    hub.source.visit()
    hub.work()
    assert hub.comes_back().status_code == 200
    assert hub.state is SubscriptionState.ACTIVE
    return hub


def test_a_feed_that_names_a_hub_is_subscribed_to_there(hub: Hub) -> None:
    hub.source.visit()
    hub.work()
    [sent] = hub.asked
    row = hub.row()
    assert row
    assert sent == {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.secret": row.secret,
                    "hub.callback": f"http://localhost/feeds/push/{row.token}",
                    "hub.lease_seconds": str(10 * DAY)}
    assert len(row.token) > 30
    assert row.state is SubscriptionState.ASKED
    answer = hub.comes_back(challenge="<b>echo</b>")
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "<b>echo</b>", "text/plain")
    assert hub.state is SubscriptionState.ACTIVE
    assert hubs.describe(hub.row(), hub.time.now()) == (
        "127.0.0.1 tells us when there is something new, for 10 days more.")
    hub.work()
    assert len(hub.asked) == 1


@pytest.mark.parametrize("asked", [
    {"topic": "https://blog.example/other"}, {"topic": ""}, {"mode": "unsubscribe"},
    {"mode": "publish"}, {"mode": ""}, {"challenge": ""}, {"challenge": "x" * 2000},
    {"mode": "denied", "topic": "https://blog.example/other"},
])
def test_what_we_did_not_ask_for_is_not_confirmed(asked: dict[str, str], hub: Hub) -> None:
    hub.source.visit()
    hub.work()
    answer = hub.comes_back(**asked)
    assert answer.status_code == 404
    assert "x" * 2000 not in answer.text
    assert hub.state is SubscriptionState.ASKED


def test_nobody_confirms_long_after_we_asked(hub: Hub) -> None:
    hub.source.visit()
    hub.work()
    hub.time.forward(days=2)
    assert hub.comes_back().status_code == 404


def test_an_address_that_is_none_of_ours_is_404_and_410(hub: Hub) -> None:
    assert hub.client.get("/feeds/push/nobody?hub.mode=subscribe").status_code == 404
    assert hub.client.post("/feeds/push/nobody", data=b"x").status_code == 410


def test_looking_with_head_changes_nothing(hub: Hub) -> None:
    hub.source.visit()
    hub.work()
    assert hub.client.head(hub.path(), query_string={
        "hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "c"}).status_code == 404
    assert hub.state is SubscriptionState.ASKED


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_a_signed_push_makes_the_feed_due_now(method: str, subscribed: Hub) -> None:
    subscribed.time.forward(minutes=5)
    subscribed.say(ONE, TWO)
    answer = subscribed.push(method=method)
    assert (answer.status_code, answer.data) == (202, b"")
    assert "Set-Cookie" not in answer.headers
    subscribed.source.app.extensions["jobs"].run(actions.JOB)
    assert len(subscribed.source.entries()) == 2
    last = subscribed.visits()[-1]
    assert (last.occasion, last.new) == (Occasion.PUSH, 1)
    assert last.next_visit_why.startswith("Its hub tells us when there is something new")
    assert last.next_visit_at - last.at >= timedelta(days=1)


def test_a_push_while_the_feed_is_being_asked_is_not_forgotten(subscribed: Hub) -> None:
    subscribed.time.forward(minutes=5)

    def meanwhile() -> None:
        subscribed.time.forward(seconds=2)
        assert subscribed.push().status_code == 202

    subscribed.server.serve_after(meanwhile, rss(ONE), headers=subscribed.links())
    subscribed.source.visit()
    subscribed.say(ONE, TWO)
    subscribed.time.forward(minutes=1)
    subscribed.source.app.extensions["jobs"].run(actions.JOB)
    assert len(subscribed.source.entries()) == 2


FORGED: list[Callable[[Hub], TestResponse]] = [
    lambda hub: hub.push(secret="guessed"),
    lambda hub: hub.push(signature=""),
    lambda hub: hub.push(signature="sha256="),
    lambda hub: hub.push(signature="md5=" + hashlib.md5(b"<rss/>").hexdigest()),
    lambda hub: hub.push(signature="sha256=\u00e9"),
    lambda hub: hub.client.post(hub.path(), data=b"<rss/>"),
]


@pytest.mark.parametrize("forged", FORGED)
def test_a_push_with_a_wrong_signature_is_taken_politely_and_ignored(
        forged: Callable[[Hub], TestResponse], subscribed: Hub) -> None:
    subscribed.time.forward(minutes=5)
    before = subscribed.source.feed.next_visit_at
    assert forged(subscribed).status_code == 202
    assert subscribed.row().pushed_at is None  # type: ignore[union-attr]
    subscribed.source.session.refresh(subscribed.source.feed)
    assert subscribed.source.feed.next_visit_at == before


def test_a_hub_that_stammers_makes_us_ask_once_a_minute_at_most(subscribed: Hub) -> None:
    subscribed.time.forward(minutes=5)
    before = subscribed.server.count()
    for _ in range(5):
        subscribed.push()
        subscribed.source.app.extensions["jobs"].run(actions.JOB)
    assert subscribed.server.count() == before + 1


def test_a_push_of_more_than_ten_megabytes_is_refused(subscribed: Hub) -> None:
    assert subscribed.push(bytes(10_000_001), signature="sha1=00").status_code == 413
    assert subscribed.push(bytes(9_000_000)).status_code == 202
    assert subscribed.row().pushed_at  # type: ignore[union-attr]


def test_a_lease_is_renewed_with_a_quarter_of_it_left(subscribed: Hub) -> None:
    subscribed.work(days=7)
    assert len(subscribed.asked) == 1
    subscribed.work(days=0.6)
    assert len(subscribed.asked) == 2
    assert subscribed.state is SubscriptionState.ACTIVE, "it still holds while we ask"
    subscribed.comes_back()
    assert subscribed.row().lease_until == subscribed.time.now() + timedelta(days=10)  # type: ignore[union-attr]


@pytest.mark.parametrize(("lease", "length"), [
    ("3600", timedelta(hours=1)), ("1", timedelta(hours=1)), ("", timedelta(days=10)),
    ("forever", timedelta(days=10)), ("-5", timedelta(days=10)),
    ("999999999999", timedelta(days=365)),
])
def test_the_hub_says_how_long_the_lease_is(lease: str, length: timedelta, hub: Hub) -> None:
    hub.source.visit()
    hub.work()
    hub.comes_back(lease=lease)
    assert hub.row().lease_until == hub.time.now() + length  # type: ignore[union-attr]


def test_a_hub_that_fails_is_asked_less_and_less(hub: Hub) -> None:
    hub.server.serve("", "/hub", status=500)
    hub.source.visit()
    asked = []
    for _ in range(24):
        hub.work(hours=1)
        asked.append(len(hub.asked))
    assert asked[0] == 1
    assert asked[-1] == 5, "after 1, 2, 4 and 8 hours"


def test_a_hub_that_refuses_is_asked_again_after_a_week(hub: Hub) -> None:
    hub.source.visit()
    hub.work()
    assert hub.comes_back("denied", challenge="").status_code == 200
    assert hub.state is SubscriptionState.REFUSED
    hub.work(days=6)
    assert len(hub.asked) == 1
    hub.work(days=2)
    assert len(hub.asked) == 2
    hub.comes_back()
    assert hub.state is SubscriptionState.ACTIVE


def test_a_hub_that_sends_us_on_is_asked_there(hub: Hub) -> None:
    hub.server.serve("", "/hub2", status=202)
    hub.server.redirect("/hub2", "/hub", status=307)
    hub.source.visit()
    hub.work()
    assert hub.server.forms["/hub2"] == hub.server.forms["/hub"]


def test_a_hub_in_our_own_network_is_not_asked(source: Source) -> None:
    source.server.serve(rss(ONE), headers={
        "Link": f'<http://127.0.0.2:1/>; rel=hub, <{TOPIC}>; rel=self'})
    source.visit()
    source.app.extensions["jobs"].run(hubs.JOB)
    source.session.commit()
    assert source.session.scalars(sa.select(FeedSubscription)).all() == []


def end(hub: Hub) -> None:
    hub.work()
    assert hub.asked[-1]["hub.mode"] == "unsubscribe"
    assert hub.state is SubscriptionState.ENDING
    assert hub.comes_back("unsubscribe", topic="https://blog.example/x").status_code == 404
    answer = hub.comes_back("unsubscribe")
    assert (answer.status_code, answer.text) == (200, "c-1")
    assert hub.row() is None


def test_pausing_a_feed_ends_its_subscription_and_resuming_begins_one(subscribed: Hub) -> None:
    source = subscribed.source
    actions.pause(source.session, source.feed, now=source.time.now())
    end(subscribed)
    before = subscribed.path()
    actions.resume(source.session, source.feed, now=source.time.now())
    subscribed.work()
    assert subscribed.asked[-1]["hub.mode"] == "subscribe"
    assert subscribed.path() != before


def test_another_hub_means_another_subscription(subscribed: Hub) -> None:
    subscribed.server.serve("", "/other", status=202)
    subscribed.say(ONE, hub="/other")
    subscribed.source.visit()
    end(subscribed)
    subscribed.work()
    assert subscribed.server.forms["/other"][0]["hub.mode"] == "subscribe"


def test_a_hub_that_never_confirms_an_end_is_let_go(subscribed: Hub) -> None:
    source = subscribed.source
    actions.pause(source.session, source.feed, now=source.time.now())
    for _ in range(4):
        subscribed.work(hours=5)
    assert [each["hub.mode"] for each in subscribed.asked[1:]] == ["unsubscribe"] * 3
    assert subscribed.row() is None


def test_a_lease_that_has_run_out_is_relied_upon_no_more(subscribed: Hub) -> None:
    subscribed.push()
    subscribed.source.visit()
    assert "hub tells us" in subscribed.visits()[-1].next_visit_why
    subscribed.time.forward(days=11)
    subscribed.source.visit()
    assert "hub tells us" not in subscribed.visits()[-1].next_visit_why


def test_a_hub_that_never_told_us_anything_is_not_relied_upon(subscribed: Hub) -> None:
    subscribed.source.visit()
    assert "hub tells us" not in subscribed.visits()[-1].next_visit_why
