"""What the demo's editor has decided so far."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app import mail
from app.accounts.models import Account
from app.desk import queries
from app.desk.deciding import actions
from app.desk.models import Verb


@dataclass(frozen=True)
class Desk:
    """The desk with its editor, as of now: nothing was decided later than that."""

    session: Session
    by: Account
    now: datetime

    def decide(self, kind: str, subject_id: int, verb: Verb, then: datetime, message: str = "",
               reason: str = "") -> None:
        """Decides what waits."""
        item = queries.item_of(self.session, kind, subject_id)
        assert item is not None
        decision = actions.decide(self.session, item, verb, self.by, now=min(then, self.now),
                                  reason=reason, message=message)
        # Nobody is written to about a past that never was.
        mail.retract(self.session, decision.about, now=then)
