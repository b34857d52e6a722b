"""Mail leaves through an outbox: a row written with the change itself, sent half a minute later.

In that half minute a decision can be taken back unseen; after it, taking back queues a second mail.
"""

from app.mail.outbox import (
    GRACE,
    JOB,
    SWEEP,
    OutgoingMail,
    drop,
    forget,
    is_address,
    queue,
    retract,
    sweep,
)
from app.mail.sending import RETRIES, send_due, sender, transport

__all__ = ["GRACE", "JOB", "RETRIES", "SWEEP", "OutgoingMail", "drop", "forget", "is_address",
           "queue", "retract", "send_due", "sender", "sweep", "transport"]
