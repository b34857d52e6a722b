"""What is known of an item from earlier visits."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Known:
    """What we stored of an item: under which identity, from which link and text, dated when.

    `guid` is the one it first had and never changes: a guid once seen on several items is never
    trusted again, even when only one of them is left in the feed. `link` may follow the feed's.
    `content_hash` is of the text as received, `meaning` of what matters in it; `missing` says
    that it was found gone from its source.
    """

    identity: str
    link: str | None
    content_hash: str
    date: datetime
    guid: str = ""
    meaning: str = ""
    id: int = 0
    missing: bool = False
