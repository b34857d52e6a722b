"""A host of as many feeds as one likes, in a process of its own so that its work is not ours.

`/7/feed.xml` is the seventh feed: 50 items with their full text, as WordPress writes them, no two
alike, with an ETag. `/7/long.xml` is one of ten megabytes, which is written when `/7/written` is
asked for, so that its writing is no part of what is measured; `/7/drip.xml` never ends.
"""

import asyncio
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from html import escape
from urllib.request import urlopen

ITEMS = 50
LONG = 10_000_000
PARAGRAPH = ('<p>Night {0} of {1} knows <a href="/2026/more-{0}?a=b">things</a> that no report'
             ' says, and says them <strong>at five</strong>, when “nobody” listens — or so they'
             ' think of ward {1}.</p>\n')
ARTICLE = (
    (PARAGRAPH * 4 + '<h2>What then?</h2><ul><li>Ask.</li><li>Listen to {0}.</li></ul><p><img'
     ' src="/a-{0}.jpg" width="600" alt="A shift" srcset="/a.jpg 600w, /b.jpg 1200w" /></p>'
     '<p>&nbsp;</p>') * 4
    + '<div class="sharedaddy"><h3>Share this:</h3><ul><li><a href="https://b{1}.example/?share='
    'twitter">Tweet</a></li></ul></div><p>The post <a href="/x">What</a> appeared first on <a'
    ' href="/">Blog</a>.</p><img src="https://pixel.wp.com/b.gif?x" width="1" height="1" />')
ITEM = ("<item><title>Post {0} of {1}</title><link>https://b{1}.example/{0}</link>"
        "<guid>https://b{1}.example/?p={0}</guid><pubDate>Fri, 01 May 2026 {2}:{3:02}:00 GMT"
        f"</pubDate><description>{escape(PARAGRAPH)}</description><content:encoded>"
        f"{escape(ARTICLE)}</content:encoded></item>")
HEAD = ("<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel>"
        "<title>Blog {0}</title><link>https://b{0}.example/</link>")


def document(feed: int, items: int = ITEMS) -> bytes:
    """The feed with this number."""
    written = "".join(ITEM.format(each, feed, each // 60 % 24, each % 60) for each in range(items))
    return f"{HEAD.format(feed)}{written}</channel></rss>".encode()


async def _drip() -> AsyncIterator[bytes]:
    yield HEAD.encode()
    while True:
        await asyncio.sleep(0.05)
        yield b" "


class _Host:
    def __init__(self) -> None:
        self.answered: Counter[int] = Counter()
        self.long = document(0, LONG // len(document(0, 1)))
        self.written: dict[int, bytes] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            await self._answer(asked, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, asked: str, writer: asyncio.StreamWriter) -> None:
        path = asked.split(" ", 2)[1]
        if path == "/answered":
            await _send(writer, 200, json.dumps(self.answered).encode())
            return
        number, kind = path.strip("/").split("/")
        if kind == "written":
            self.written = {int(number): self._written(int(number))}
            await _send(writer, 200, b"")
            return
        etag = f'"{number}"'
        status = 304 if f"if-none-match: {etag}" in asked.lower() else 200
        self.answered[status] += 1
        if kind == "drip.xml":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n")
            async for piece in _drip():
                writer.write(piece)
                await writer.drain()
        body = b"" if status == 304 else self._body(int(number), kind)
        await _send(writer, status, body, f"ETag: {etag}\r\n")

    def _body(self, number: int, kind: str) -> bytes:
        return self.written[number] if kind == "long.xml" else document(number)

    def _written(self, number: int) -> bytes:
        return re.sub(rb"(?<=://b)0(?=\.)|(?<= of )0(?=<)", str(number).encode(), self.long)


async def _send(writer: asyncio.StreamWriter, status: int, body: bytes, more: str = "") -> None:
    head = (f"HTTP/1.1 {status} Said\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n"
            f"Connection: close\r\n{more}\r\n")
    writer.write(head.encode() + body)
    await writer.drain()


class FeedHost:
    """The process, from the outside."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self.base = f"http://127.0.0.1:{self._process.stdout.readline().strip()}"

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    @property
    def answered(self) -> Counter[str]:
        """How many requests were answered with which status so far."""
        with urlopen(f"{self.base}/answered") as answer:
            return Counter(json.load(answer))

    def write(self, number: int) -> None:
        """Gets the long feed with this number ready, and forgets the one before."""
        with urlopen(f"{self.base}/{number}/written") as answer:
            answer.read()

    def close(self) -> None:
        """Ends it."""
        self._process.kill()
        self._process.communicate()


async def _main() -> None:
    server = await asyncio.start_server(_Host().serve, "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main())
