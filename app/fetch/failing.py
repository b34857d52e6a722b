"""How a fetch fails: one sentence for people, one word for programs."""

from enum import StrEnum


class Kind(StrEnum):
    """What stopped a fetch. An HTTP error status is an answer, not a failure."""

    URL = "url"
    ADDRESS = "address"
    NAME = "name"
    CONNECTION = "connection"
    TLS = "tls"
    TIMEOUT = "timeout"
    SIZE = "size"
    REDIRECTS = "redirects"
    ENCODING = "encoding"


class FetchFailed(Exception):
    """Nothing usable came back; `str()` is one plain sentence, not escaped for HTML."""

    def __init__(self, kind: Kind, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind
