"""A browser's tab that notices whatever must not happen in any test."""

from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

# A player stops reading when it has enough; a page that is left stops loading.
HARMLESS_FAILURES = ("net::ERR_ABORTED",)


class Watch:
    """Console errors, page errors, CSP violations, failed requests, requests to other hosts."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.base, self.problems = base, list[str]()
        self.expected: set[int] = set()
        self.seen: list[int] = []
        context.on("console", self._console)
        context.on("weberror", lambda error: self.problems.append(f"page error: {error.error}"))
        context.on("request", self._request)
        context.on("requestfailed", self._failed)
        context.on("response", self._response)

    def forget(self) -> None:
        """What was before is no matter of the next test."""
        self.problems.clear()
        self.expected.clear()

    def _console(self, message: ConsoleMessage) -> None:
        # Chromium also writes every 4xx and 5xx to the console; those are judged by `_response`.
        if message.type == "error" and "the server responded with a status of" not in message.text:
            self.problems.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.base}/", "data:", "blob:")):
            self.problems.append(f"a request to another host: {request.url}")

    def _failed(self, request: Request) -> None:
        if request.failure not in HARMLESS_FAILURES:
            self.problems.append(f"{request.method} {request.url} failed: {request.failure}")

    def _response(self, response: Response) -> None:
        self.seen.append(response.status)
        if response.status >= 400 and response.status not in self.expected:
            self.problems.append(f"{response.status} for {response.request.method} {response.url}")


_watches: "WeakKeyDictionary[BrowserContext, Watch]" = WeakKeyDictionary()


def watch(context: BrowserContext, base: str) -> Watch:
    """Begins to watch everything that happens in a context."""
    _watches[context] = Watch(context, base)
    return _watches[context]


@contextmanager
def expecting(page: Page, status: int) -> Iterator[None]:
    """Within it, and after it, this error status is what the test wants; it must be seen."""
    watched = _watches[page.context]
    watched.expected.add(status)
    watched.seen.clear()
    yield
    assert status in watched.seen, f"nothing was answered with {status}"
