"""What each item of a feed means, given what we stored before. Pure: no database, no network."""

from app.feeds.deciding.absence import Absence
from app.feeds.deciding.items import Decided, Verdict, VerdictKind, believable, decide
from app.feeds.deciding.known import Known
from app.feeds.deciding.sameness import content_hash, meaning
from app.feeds.deciding.trust import Judgement

__all__ = ["Absence", "Decided", "Judgement", "Known", "Verdict", "VerdictKind", "believable",
           "content_hash", "decide", "meaning"]
