"""Fetching what strangers' addresses point at, without being led into our own network.

Two doors, `get` and `post`. Each resolves a name once, checks every address it got
against an own deny list, and connects to exactly that address; `get` does all of it again on every
redirect. Time and size are bounded as a whole, not per read. Nothing is read from the
environment but the system's trusted certificates.
"""

from app.fetch.allowing import Allow
from app.fetch.exchanging import Fetched, Hop, Limits
from app.fetch.failing import FetchFailed, Kind
from app.fetch.getting import get, post
from app.fetch.resolving import Resolve, system_resolve

__all__ = ["Allow", "FetchFailed", "Fetched", "Hop", "Kind", "Limits", "Resolve", "get", "post",
           "system_resolve"]
