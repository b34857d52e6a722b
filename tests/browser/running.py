"""Lectern as a real process for the browser to visit, and a hand backstage that sets the scene."""

import itertools
import os
import re
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import urllib3

ROOT = Path(__file__).resolve().parents[2]
LECTERN = Path(sys.executable).with_name("lectern")
PASSWORD = "lectern-demo"
TEXT = "A first paragraph with some words.\n\nA second one, to be sure."


def word() -> str:
    """A word that stands nowhere else, to find things by."""
    return f"w{uuid.uuid4().hex[:10]}"


def address() -> str:
    """An e-mail address that nobody has used here: the rules count what each person sends."""
    return f"{word()}@reader.example"


def until(what: Callable[[], Any], seconds: float, why: str) -> Any:
    """What `what` says once it says something true; fails after `seconds`."""
    last = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < last, f"not within {seconds} s: {why}"
        time.sleep(0.03)
    return found


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Answer(NamedTuple):
    """An HTTP answer, as far as tests look at it."""

    status: int
    text: str
    headers: Any


class Messenger:
    """Asks over plain HTTP, as one stranger or, after `sign_in`, as one account."""

    def __init__(self, base: str) -> None:
        self.base, self.cookie = base, ""
        self._http = urllib3.PoolManager(retries=False, timeout=20)

    def ask(self, method: str, path: str, *, fields: dict[str, str] | None = None,
            **headers: str) -> Answer:
        """One request; redirects are not followed."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookie:
            sent["Cookie"] = self.cookie
        if fields is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        response = self._http.request(method, self.base + path, headers=sent, redirect=False,
                                      body=urlencode(fields) if fields is not None else None)
        return Answer(response.status, response.data.decode("utf-8", "replace"), response.headers)

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def post(self, path: str, **fields: str) -> str:
        """Sends a form that must be taken, and says where it leads."""
        answer = self.ask("POST", path, fields=fields)
        assert answer.status == 303, f"POST {path}: {answer.status}\n{answer.text[:1500]}"
        return str(answer.headers["Location"])

    def sign_in(self, role: str) -> None:
        answer = self.ask("POST", "/account/sign-in",
                          fields={"email": f"{role}@lectern.example", "password": PASSWORD})
        assert answer.status == 303, answer.text[:500]
        self.cookie = answer.headers["Set-Cookie"].split(";")[0]

    def close(self) -> None:
        self._http.clear()


class Site:
    """A running site with the demo in it, on a free port, with its worker."""

    workers = 1

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{name: value for name, value in os.environ.items()
               if not name.startswith("LECTERN_")},
            "LECTERN_DATA": str(data), "LECTERN_FEED_ALLOW": "127.0.0.1",
            "LECTERN_BASE_URL": self.base}
        self.stranger = Messenger(self.base)
        self._log = data.parent / f"{data.name}.log"

    def lectern(self, *arguments: str) -> str:
        """What a command of the command line prints; it must succeed."""
        done = subprocess.run([LECTERN, *arguments], env=self.environment, cwd=ROOT, text=True,
                              capture_output=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def prepare(self) -> None:
        self.lectern("db", "upgrade")
        self.lectern("demo")

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [LECTERN, "serve", "--port", str(self.port), "--workers",
                 str(self.workers)],
                env=self.environment, cwd=ROOT, stdout=log, stderr=log)

    def log(self) -> str:
        """What its processes have said."""
        return self._log.read_text()

    def wait(self) -> None:
        until(self._is_up, 120, "the site answers at /healthz")

    def _is_up(self) -> bool:
        assert self._process.poll() is None, f"The site ended:\n{self.log()}"
        try:
            return self.stranger.get("/healthz").status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def stop(self) -> None:
        self.stranger.close()
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise

    def mails(self, about: str) -> list[str]:
        """The text of every mail that has left and has this word in it."""
        return [text for _path, text in self._letters() if about in text]

    def left_at(self, about: str) -> float:
        """When the last mail with this word in it left, in seconds as files are dated."""
        return max(path.stat().st_mtime for path, text in self._letters() if about in text)

    def _letters(self) -> Iterator[tuple[Path, str]]:
        for path in (self.data / "outbox").glob("*.eml"):
            message = message_from_bytes(path.read_bytes(), policy=policy.default)
            yield path, f"{message['To']}\n{message['Subject']}\n{message.get_content()}"

    def shows(self, path: str, words: str) -> bool:
        """Whether a stranger sees these words at a path."""
        return words in self.stranger.get(path).text


class Held(NamedTuple):
    """Something that waits at the desk: its item, a word to find it by, where it would stand."""

    item: int
    word: str
    path: str


class Backstage:
    """Sets scenes through the site's own addresses; each method makes one thing of its own."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._as: dict[str, Messenger] = {}
        self._numbers = itertools.count(9001)

    def messenger(self, role: str) -> Messenger:
        """Somebody who is signed in."""
        if role not in self._as:
            self._as[role] = Messenger(self.site.base)
            self._as[role].sign_in(role)
        return self._as[role]

    def close(self) -> None:
        for messenger in self._as.values():
            messenger.close()

    def post(self, title: str = "") -> str:
        """The path of a published post."""
        return self._publish("/desk/posts/new", title or f"A post {word()}",
                             authors="Helen Marsh", topics="Night work")

    def episode(self, title: str = "") -> str:
        """The path of a published episode without a recording."""
        return self._publish("/desk/episodes/new", title or f"An episode {word()}",
                             number=str(next(self._numbers)), host="Dilys Prosser")

    def _publish(self, address: str, title: str, **fields: str) -> str:
        made = self.messenger("editor").post(address, title=title, source=TEXT, publish="1",
                                             discussion="auto", **fields)
        form = self.messenger("editor").get(made).text
        found = re.search(r'href="(/(?:posts|episodes)/[^"]+)">See it', form)
        assert found, form[:1500]
        return found.group(1)

    def comment(self, path: str = "", *, parent: str = "", approved: bool = False) -> Held:
        """A comment under the entry at a path, else under a post of its own."""
        path, text = path or self.post(), word()
        self.site.stranger.post(f"{path}/comments", author_name="Rita Reader",
                                author_email=f"{text}@reader.example", parent_id=parent,
                                body=f"I disagree about the {text}.")
        held = Held(self.item(text), text, path)
        if approved:
            self.decide(held, "approval")
        return held

    def piece(self, title: str, source: str = TEXT) -> str:
        """The address at which the guest writes a piece that is not sent in."""
        guest = self.messenger("guest")
        address = guest.post("/write/")
        guest.post(address, title=title, source=source, version="0")
        return address

    def submission(self) -> Held:
        """A guest's piece that was sent in."""
        text = word()
        address = self.piece(f"Notes on {text}")
        self.messenger("guest").post(address, title=f"Notes on {text}", source=TEXT, send="1")
        return Held(self.item(text), text, f"/posts/notes-on-{text}")

    def feed_item(self, feed_server: Any) -> Held:
        """An item of a feed on a real server."""
        text = word()
        url = feed_server.serve(feed(feed_server.url("/"), [f"Seen at {text}"]),
                                f"/{text}.xml")
        self.messenger("editor").post("/desk/feeds/", url=url, policy="hold", show="full")
        return Held(self.item(text), text, f"/posts/seen-at-{text}")

    def item(self, text: str) -> int:
        """The number of the one card that has this word."""
        page = self.messenger("editor").get(f"/desk/?q={quote(text)}").text
        found = re.findall(r'<article class="desk-item" id="item-(\d+)"', page)
        assert len(found) == 1, f"{len(found)} cards with {text}"
        return int(found[0])

    def decide(self, held: Held, noun: str, **fields: str) -> None:
        self.messenger("editor").post(f"/desk/items/{held.item}/{noun}", **fields)

    def take_back(self, held: Held) -> None:
        """Takes back what was decided last about something."""
        editor = self.messenger("editor")
        page = editor.get(f"/desk/items/{held.item}").text
        editor.post(str(re.findall(r"/desk/decisions/\d+/undo", page)[0]))

    def comment_id(self, held: Held) -> str:
        """The public id of an approved comment."""
        page = self.site.stranger.get(held.path).text
        found = [part for part in re.split(r'(?=<article class="comment")', page)
                 if held.word in part]
        return re.search(r'id="comment-([^"]+)"', found[-1]).group(1)  # type: ignore[union-attr]


def feed(site: str, titles: list[str], author: str = "Odile Marchetti",
         about: str = "Odile runs a bakery and writes about mornings.") -> str:
    """An RSS feed with one item a title, the first the newest."""
    items = "".join(f"""
      <item><title>{title}</title><link>{site}{number}</link><guid>{site}{title}</guid>
        <dc:creator>{author}</dc:creator>
        <pubDate>Mon, {20 - number:02} Apr 2026 08:00:00 GMT</pubDate>
        <description>&lt;p&gt;What the ovens taught us, number {number}.&lt;/p&gt;</description>
      </item>""" for number, title in enumerate(titles))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
    <rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
      <title>Morning shift</title><link>{site}</link><description>{about}</description>{items}
    </channel></rss>"""
