"""An outside spam service that speaks Akismet's language, asked only where one is set.

Source: Akismet's API, "Comment Check", "Submit Spam", "Submit Ham" (version 1.1). What it is told
is not kept here, and its silence is a doubt, never a refusal.
"""

from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from app.fetch import Allow, Fetched, FetchFailed, Limits, post

USUAL_PATH = "/1.1"
SPAM, DISCARD, HAM, DOWN = "spam", "discard", "ham", "down"
LARGEST = 10_000
PATIENCE = 10.0


class Service:
    """The service at https://KEY@host[/path]; `site` is our own public address."""

    def __init__(self, url: str, site: str) -> None:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        self._key, self._site = unquote(parts.username or ""), site
        self._address = (f"{parts.scheme}://{host}{port}"
                         f"{parts.path.rstrip('/') or USUAL_PATH}")
        # Set by whoever runs the site, so it may stand in their own network.
        self._allow = Allow.parse(f"{host}{port}")

    def asked(self, question: Mapping[str, str], seconds: float) -> str:
        """What it says of a comment: HAM, SPAM, DISCARD where it is certain, or DOWN.

        `question` is in the names of Akismet's API, its permalink a path of ours. Call it with no
        transaction open: it may take `seconds`.
        """
        try:
            return _verdict(self._post("comment-check", question, seconds))
        except FetchFailed:
            return DOWN

    def told(self, verdict: str, question: Mapping[str, str]) -> bool:
        """Tells it what an editor says of a comment, HAM or SPAM; whether it took that.

        Call it with no transaction open: it may take PATIENCE seconds.
        """
        try:
            answer = self._post(f"submit-{verdict}", question, PATIENCE)
        except FetchFailed:
            return False
        return answer.status == 200 and answer.body.strip() not in {b"", b"invalid"}

    def _post(self, call: str, question: Mapping[str, str], seconds: float) -> Fetched:
        fields = {**question, "permalink": self._site + question["permalink"],
                  "api_key": self._key, "blog": self._site, "blog_charset": "UTF-8"}
        return post(f"{self._address}/{call}", fields,
                    headers={"User-Agent": f"Lectern (+{self._site})"},
                    allow=self._allow, limits=Limits(seconds, seconds, LARGEST))


def _verdict(answer: Fetched) -> str:
    said = answer.body.strip()
    if answer.status != 200 or said not in {b"true", b"false"}:
        return DOWN
    if said == b"false":
        return HAM
    certain = answer.headers.get("x-akismet-pro-tip", "").strip().lower() == "discard"
    return DISCARD if certain else SPAM
