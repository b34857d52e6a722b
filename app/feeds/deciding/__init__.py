"""What each item of a feed means, given what we stored before. Pure: no database, no network."""

from app.feeds.deciding.items import Known, Verdict, VerdictKind, believable, content_hash, decide

__all__ = ["Known", "Verdict", "VerdictKind", "believable", "content_hash", "decide"]
