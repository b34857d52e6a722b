"""Two machines with two workers on one PostgreSQL are one site."""

import io
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
import sqlalchemy as sa
import urllib3
from flask import Flask
from PIL import Image
from sqlalchemy.orm import Session

from app import clock, create_app, mail
from app.accounts.models import Role
from app.comments import actions as comments
from app.config import Settings
from app.database import db
from app.entries import actions as entries
from app.entries.models import Entry, EntryState
from app.feeds import actions as feeds
from app.feeds.models import Feed, FeedItem
from app.mail import OutgoingMail
from app.pagecache.log import Purge
from tests.browser.running import PASSWORD, Messenger, until
from tests.databases import TEMPLATE
from tests.feeds.documents import Item, rss
from tests.feeds.feed_server import FeedServer
from tests.making import Maker
from tests.media.bucket_server import BucketServer, bucket_server
from tests.operations.machines import Machine, PostOffice, links
from tests.pagecache.cdn_server import CdnServer, cdn_server
from tests.postgresql import create

__all__ = ["bucket_server", "cdn_server"]
SECRET = "the same on every machine, and no secret"
IN, OUT = "/account/sign-in", "/account/sign-out"


class Site(NamedTuple):
    """Both machines, the post office, the CDN, and a third process that looks into the database."""

    a: Machine
    b: Machine
    post_office: PostOffice
    cdn: CdnServer
    app: Flask


@pytest.fixture(scope="module")
def database(postgres: str | None, request: pytest.FixtureRequest) -> str:
    """A PostgreSQL that only this file uses."""
    if postgres is None:
        pytest.skip("Several machines share a PostgreSQL.")
    request.getfixturevalue("template")
    return create(postgres, "lectern_machines", TEMPLATE)


@pytest.fixture(scope="module")
def site(database: str, bucket_server: BucketServer, cdn_server: CdnServer,
         tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Everything, started once: it takes a while."""
    folder, post_office = tmp_path_factory.mktemp("machines"), PostOffice()
    common = {
        "LECTERN_DATABASE_URL": database, "LECTERN_SECRET_KEY": SECRET,
        "LECTERN_QUEUE_URL": database.replace("+psycopg", ""), "LECTERN_MAIL_URL": post_office.url,
        "LECTERN_MEDIA_URL": bucket_server.make("machines"),
        "LECTERN_FEED_ALLOW": "127.0.0.1",
        "LECTERN_CDN_PURGE_URL": cdn_server.url, "LECTERN_BASE_URL": "http://127.0.0.1:8000"}
    machines = [Machine(_made(folder / name), common) for name in "ab"]
    app = create_app(Settings.read(common | {"LECTERN_DATA": str(folder / "beside"),
                                             "LECTERN_PAGE_CACHE": "0"}))
    with app.app_context(), db.sessionmaker() as session:
        for role in (Role.EDITOR, Role.GUEST):
            Maker(session, clock.now).account(role, password=PASSWORD)
        Maker(session, clock.now).account(Role.ADMIN, password=PASSWORD)
        session.commit()
    try:
        until(lambda: {each.is_up() for each in machines} == {True}, 120, "both machines answer")
        yield Site(*machines, post_office, cdn_server, app)
    finally:
        for each in machines:
            each.end()
        for each in machines:
            each.web.wait(30)
        post_office.close()
        app.extensions["jobs"].queue.storage.close()
        with app.app_context():
            db.engine.dispose()


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


@pytest.fixture
def session(site: Site) -> Iterator[Session]:
    with site.app.app_context(), db.sessionmaker() as opened:
        yield opened


@pytest.fixture
def make(session: Session) -> Maker:
    return Maker(session, clock.now)


@pytest.fixture
def editor(site: Site) -> Iterator[Messenger]:
    """An editor who has signed in at A."""
    found = Messenger(site.a.base)
    found.sign_in("editor")
    yield found
    found.close()


def at(machine: Machine, who: Messenger) -> Messenger:
    """The same browser, which the load balancer has led elsewhere."""
    moved = Messenger(machine.base)
    moved.cookie = who.cookie
    return moved


def is_in(who: Messenger) -> bool:
    return who.get("/account/").status == 200


def wake(site: Site, times: int = 1) -> None:
    """Asks for every job, as the schedulers of that many workers do each minute."""
    for _ in range(times):
        site.app.extensions["jobs"].enqueue_all()


def fresh(session: Session, row: Entry) -> Entry:
    session.rollback()
    session.refresh(row)
    return row


def test_a_comment_that_is_approved_at_one_machine_is_at_the_other_within_a_second(
        site: Site, make: Maker, editor: Messenger) -> None:
    post, lags = make.post(), []
    for number in range(3):
        comment = make.comment(post, f"About boat {number}.")
        assert f"About boat {number}." not in site.b.stranger.get(post.path).text
        assert editor.post(f"/desk/items/{make.item(comments.KIND, comment.id).id}/approval")
        approved = time.monotonic()
        until(lambda n=number: f"About boat {n}." in site.b.stranger.get(post.path).text,
              5, "it is at the other machine")
        lags.append(time.monotonic() - approved)
    assert max(lags) < 1, lags


def test_a_cdn_learns_of_a_decision_from_a_worker(site: Site, make: Maker,
                                                  editor: Messenger) -> None:
    post = make.post()
    item = make.item(comments.KIND, make.comment(post).id).id
    # While the news of what was made is still on its way, a page is shown and not kept.
    until(lambda: "s-maxage" in site.b.stranger.get(post.path).headers["Cache-Control"], 20,
          "a CDN may keep the page")
    editor.post(f"/desk/items/{item}/approval")
    until(lambda: f"comments:{post.id}" in str(site.cdn.told), 20, "the CDN is told")


def test_whoever_signs_in_or_out_does_so_at_every_machine(site: Site, editor: Messenger) -> None:
    there = at(site.b, editor)
    assert is_in(there)
    assert there.get("/desk/").status == 200
    there.post(OUT)
    assert not is_in(editor)


def test_a_new_password_signs_every_other_browser_out_at_every_machine(site: Site) -> None:
    here, elsewhere = Messenger(site.a.base), Messenger(site.b.base)
    for browser in (here, elsewhere):
        browser.sign_in("guest")
    changed = here.ask("POST", "/account/password", fields={
        "old": PASSWORD, "new": "another long password"})
    assert changed.status == 303, changed.text[:500]
    assert not is_in(elsewhere)
    old = elsewhere.ask("POST", IN, fields={"email": "guest@lectern.example",
                                            "password": PASSWORD})
    assert old.status == 422


def test_tries_are_counted_together(site: Site) -> None:
    def tried(machine: Machine) -> int:
        return machine.stranger.ask("POST", IN, fields={
            "email": "nobody@lectern.example", "password": "a wrong password"}).status

    assert [tried(each) for each in (site.a, site.b) * 3] == [422] * 5 + [429]


def test_links_are_counted_together(site: Site) -> None:
    statuses = [each.stranger.ask("POST", "/reader/links", fields={
        "email": "often@reader.example"}).status for each in (site.a, site.b) * 2]
    assert statuses == [303] * 3 + [429]


def test_a_link_that_was_used_at_one_machine_is_used_at_the_other(site: Site) -> None:
    site.a.stranger.post("/reader/links", email="rita@reader.example")
    letter = until(lambda: site.post_office.letters.get("rita@reader.example"), 30, "the mail")
    [path] = [each for each in links(letter) if "/confirm/" in each]
    assert site.a.stranger.ask("POST", path, fields={}).status == 303
    assert site.b.stranger.ask("POST", path, fields={}).status == 404


def test_a_picture_that_was_sent_to_one_machine_is_shown_by_the_other(
        site: Site, make: Maker, editor: Messenger) -> None:
    person, out = make.person("Helen Marsh"), io.BytesIO()
    make.post(author=person)
    Image.new("RGB", (30, 20), 90).save(out, "PNG")
    body, kind = urllib3.encode_multipart_formdata(
        {"name": "Helen Marsh", "picture": ("me.png", out.getvalue(), "image/png")})
    with urllib3.PoolManager() as http:
        saved = http.request("POST", f"{site.a.base}/desk/people/{person.id}", body=body,
                             headers={"Content-Type": kind, "Cookie": editor.cookie},
                             redirect=False)
        assert saved.status == 303, saved.data[:800]
        page = until(lambda: re.search(r"/media/[0-9a-f]+\.webp",
                                       site.b.stranger.get(person.path).text), 2, "it is shown")
        shown = http.request("GET", site.b.base + page.group())
    assert Image.open(io.BytesIO(shown.data)).size == (30, 20)


def test_what_one_editor_has_open_the_other_sees_at_the_other_machine(
        site: Site, make: Maker, editor: Messenger) -> None:
    item = make.item(comments.KIND, make.comment(make.post()).id).id
    admin = Messenger(site.b.base)
    admin.sign_in("admin")
    assert editor.ask("POST", f"/desk/items/{item}/claim", fields={}).status in {200, 303}
    assert "Editor Quill has this open" in admin.get(f"/desk/items/{item}").text
    statuses = [who.ask("POST", f"/desk/items/{item}/approval", fields={}).status
                for who in (admin, editor)]
    assert statuses == [303, 409]


def test_a_mail_leaves_once_though_every_worker_looks_for_it(site: Site, session: Session) -> None:
    wanted = {f"r{number}@reader.example" for number in range(25)}
    for each in wanted:
        mail.queue(session, each, "News", "Hello.", about="x:1", now=clock.now(),
                   grace=timedelta(0))
    session.commit()
    wake(site, 4)
    until(lambda: wanted <= site.post_office.letters.keys(), 20, "all mail leaves")
    assert {site.post_office.taken[each] for each in wanted} == {1}


def test_what_is_scheduled_is_published_once_though_every_worker_looks_for_it(
        site: Site, session: Session, make: Maker) -> None:
    posts = [make.post(published=False) for _ in range(5)]
    for post in posts:
        entries.publish(session, post, now=clock.now(), at=clock.now() + timedelta(seconds=1))
    session.commit()
    until(lambda: all(post.publish_at and post.publish_at < clock.now() for post in posts), 20,
          "the time has come")
    wake(site, 4)
    until(lambda: {fresh(session, each).state for each in posts} == {EntryState.PUBLISHED}, 20,
          "all are published")
    # All that anybody else learns of a publication follows from its line in this log.
    wake(site, 2)
    log = session.scalars(sa.select(Purge.tags)).all()
    for post in posts:
        lines = [tags for tags in log if f"entry:{post.id}" in tags and "published" in tags]
        assert len(lines) == 1, lines
        assert site.b.stranger.get(post.path).status == 200


def test_a_feed_is_asked_once_though_every_worker_looks_for_it(
        site: Site, session: Session) -> None:
    server = FeedServer()
    paths = [f"/{number}.xml" for number in range(12)]
    for path in paths:
        server.serve(rss(Item(f"one{path}"), Item(f"two{path}")), path)
        feeds.add(session, server.url(path), now=clock.now())
    session.commit()
    try:
        wake(site, 4)
        asked = sa.select(sa.func.count()).where(Feed.visited_at.is_not(None))
        until(lambda: (session.rollback(), session.scalar(asked))[1] == len(paths), 30,
              "all are asked")
        wake(site, 2)
        assert {path: len(server.requests[path]) for path in paths} == dict.fromkeys(paths, 1)
        assert session.scalar(sa.select(sa.func.count()).select_from(FeedItem)) == 2 * len(paths)
    finally:
        server.close()


# The last one: it leaves one worker.
def test_what_a_killed_worker_was_doing_the_other_does_once(site: Site, session: Session) -> None:
    site.post_office.slow = "slow@reader.example"
    held = mail.queue(session, site.post_office.slow, "News", "Hello.", about="x:2",
                      now=clock.now(), grace=timedelta(0))
    session.commit()
    until(lambda: site.post_office.held_from, 30, "a worker is about to send it")
    [holder] = [each for each in (site.a, site.b) if site.post_office.holds(each.worker.pid)]
    holder.worker.kill()
    holder.worker.wait(10)
    site.post_office.slow = ""
    # As if the five minutes were over for which the dead one had it.
    session.execute(sa.update(OutgoingMail).where(OutgoingMail.id == held.id)
                    .values(claimed_until=clock.now()))
    session.commit()
    wake(site, 2)
    until(lambda: "slow@reader.example" in site.post_office.letters, 15, "the other sends it")
    session.refresh(held)
    until(lambda: fresh(session, held).sent_at, 20, "it is noted")  # type: ignore[arg-type]
    wake(site, 2)
    assert site.post_office.taken["slow@reader.example"] == 1
