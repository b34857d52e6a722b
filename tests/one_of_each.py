"""What stands for what in addresses and forms: one of each that a site with plenty has."""

import base64
from typing import Any

import sqlalchemy as sa

from app.comments.cases import appealing, reporting
from app.comments.cases.models import Appeal, Complaint
from app.desk import reasons
from app.desk.models import ReviewItem, StaffNote
from app.feeds import storing
from app.feeds.changes.leaving import GONE
from app.feeds.changes.updating import CHANGE
from app.feeds.deal.models import ClaimState, FeedClaim, FeedName
from app.writing import actions as writing
from tests.plenty import Plenty

OPML = base64.urlsafe_b64encode(b"""<opml version="2.0"><body><outline type="rss" text="New"
xmlUrl="https://new.example/feed.xml"/></body></opml>""").decode()


def one_of_each(site: Plenty) -> dict[str, dict[str, Any]]:
    """What stands for what in addresses and forms, by the section of the site."""
    return {
        "": _common(site),
        "feeds": {"public_id": site.feed.public_id, "key": "proven",
                  "code": f"code-{site.number}", "name_id": _newest(site, FeedName).id,
                  "claim_id": _newest(site, FeedClaim, state=ClaimState.PROVEN).id},
        "pictures": {"seed": "0123456789abcdef"},
        "assets": {"version": "x", "name": "js/times.js"},
        "episodes": {"slug": site.episode.slug, "entry_id": site.episode.id},
        "topics": {"slug": "harbours"}, "series": {"slug": "tips"},
        "people": {"slug": site.ada.slug}, "reader": {"token": "a-key", "news": "asked"},
        "write": {"entry_id": site.piece.entry_id, "version": 1}}


def _common(site: Plenty) -> dict[str, Any]:
    item = site.make.item
    return {
        "section": "posts", "slug": site.post.slug, "name": "x.webp", "noun": "approval",
        "public_id": site.seen.public_id, "token": site.waiting.follow_token, "part": 1,
        "refused": site.alone.follow_token, "item_id": site.item.id, "batch": site.batch,
        "note_id": _newest(site, StaffNote).id, "decision_id": site.refused.id,
        "person_id": site.ada.id, "feed_id": site.feed.id, "account_id": site.closed.id,
        "entry_id": site.post.id, "book_id": 1, "sanction_id": site.sanction.id,
        "typed": site.item.person_key, "sent_piece": site.sent.entry_id,
        "post_version": site.post.version, "episode_version": site.episode.version,
        "episode_number": site.episode.number, "piece_version": site.piece.entry.version,
        "opml": OPML, "reasons": reasons.version(reasons.USUAL),
        "report": item(reporting.KIND, _newest(site, Complaint).id).id,
        "appeal": item(appealing.KIND, _newest(site, Appeal).id).id,
        "submission": item(writing.KIND, site.sent.id).id,
        "feed_item": _newest(site, ReviewItem, kind=storing.KIND).id,
        "changed": _newest(site, ReviewItem, kind=CHANGE).id,
        "gone": _newest(site, ReviewItem, kind=GONE).id}


def _newest(site: Plenty, model: Any, **values: Any) -> Any:
    return site.session.scalars(sa.select(model).filter_by(**values).order_by(
        model.id.desc()).limit(1)).one()
