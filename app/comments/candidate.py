"""A comment before the rules: as it would be stored, or would be with its new words."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from app.comments.identity import Identified
from app.comments.models import CommentState
from app.entries.models import Entry
from app.entries.queries import Heading


@dataclass
class Candidate(Identified):
    """What would become of a comment, named as its columns are.

    `parent` is the public name of what it answers, "" if it answers nothing. It gets its own names
    and number when it is written; of one that stands already, it has its number.
    """

    entry: Entry | Heading
    author_name: str
    author_email: str
    author_headline: str
    author_url: str
    body: str
    html: str
    created_at: datetime
    network: str = ""
    reader_id: int | None = None
    account_id: int | None = None
    parent_id: int | None = None
    parent: str = ""
    picture: str = ""
    proof: str | None = None
    service: str = ""
    id: int = 0
    public_id: str = field(init=False)
    follow_token: str = field(init=False)
    state: CommentState = CommentState.WAITING
    entry_id: int = field(init=False)
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        self.entry_id = self.entry.id
        # What two comments under one entry may not share: who says it, in answer to what, and what.
        said = "\0".join((self.voice, self.parent, self.body))
        self.digest = hashlib.sha256(said.encode()).hexdigest()
