"""One comment before the rules: facts are gathered, a service may be asked, and they judge."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.comments.asking import question
from app.comments.candidate import Candidate
from app.comments.gathering import Sender, gather
from app.rules.akismet import Service
from app.rules.facts import Facts
from app.rules.judging import Judgement, judge, undecided_before


def examine(session: Session, comment: Candidate, sender: Sender, *, now: datetime,
            service: Service | None = None) -> tuple[Judgement, Facts]:
    """What the rules say of a comment that is not stored yet, and what they saw.

    If the service must be asked, commits first: no transaction waits for somebody else's server.
    What may have changed meanwhile is gathered anew.
    """
    lines, facts = gather(session, comment, sender, now)
    asking = undecided_before("service", lines, facts) if service else None
    if service and asking:
        session.commit()
        said = service.asked(question(comment, sender.address, sender.agent),
                             asking.settings["seconds"])
        lines, facts = gather(session, comment, sender, now, service=said)
    return judge(lines, facts), facts
