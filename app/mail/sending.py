"""How what is due leaves: claimed, put into words that mail servers know, and handed over."""

import logging
import smtplib
import ssl
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app import disk
from app.mail.outbox import UNSENT, OutgoingMail

CLAIM = timedelta(minutes=5)
RETRIES = 20
Transport = Callable[[EmailMessage], None]
log = logging.getLogger(__name__)


def send_due(session: Session, deliver: Transport, sender: str,
             now: Callable[[], datetime], base_url: str = "") -> int:
    """Sends what is due; returns how many left. A failed one is tried again, later each time.

    Commits before and after each mail, so that no transaction waits for a mail server. A process
    that dies between sending and noting it sends again, under the same Message-ID.
    """
    sent = 0
    while (mail := _claim(session, now())) is not None:
        try:
            deliver(compose(mail, sender, base_url))
        except (OSError, smtplib.SMTPException) as error:
            log.warning("Mail %d did not leave at try %d of %d: %s", mail.id, mail.attempts,
                        RETRIES, error)
            mail.error, mail.send_after = str(error)[:300], now() + _pause(mail.attempts)
        else:
            mail.error, mail.sent_at = None, now()
            mail.link = "" if mail.secret else mail.link
            sent += 1
        mail.claimed_until = None
        session.commit()
    return sent


def _claim(session: Session, now: datetime) -> OutgoingMail | None:
    due = (UNSENT, OutgoingMail.send_after <= now, OutgoingMail.attempts < RETRIES,
           sa.or_(OutgoingMail.claimed_until.is_(None), OutgoingMail.claimed_until <= now))
    mail = session.scalars(sa.select(OutgoingMail).where(*due).order_by(OutgoingMail.id)
                           .limit(1).with_for_update(skip_locked=True)).first()
    if mail:
        mail.claimed_until = now + CLAIM
        mail.attempts += 1
    session.commit()
    return mail


def _pause(attempts: int) -> timedelta:
    return min(timedelta(minutes=2 ** min(attempts, 10)), timedelta(hours=6))


def compose(mail: OutgoingMail, sender: str, base_url: str = "") -> EmailMessage:
    """The message itself. Its Message-ID depends on the row, so a mail sent twice is seen once."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    host = sender.rsplit("@", 1)[-1].rstrip(">")
    message["Message-ID"] = f"<{mail.id}.{mail.about.replace(':', '.')}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    if mail.stop_path:
        message["List-Unsubscribe"] = f"<{base_url}{mail.stop_path}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(f"{mail.body}\n{base_url}{mail.link}\n" if mail.link else mail.body)
    return message


def sender(title: str, base_url: str) -> str:
    """The From line of a site: its title, and an address at its own host."""
    host = urlsplit(base_url).hostname or "localhost"
    name = "".join(sign for sign in title if sign.isalnum() or sign == " ").strip() or "Lectern"
    return f"{name} <lectern@{'localhost' if host[0].isdigit() or ':' in host else host}>"


def transport(url: str, outbox: Path) -> Transport:
    """How mail leaves: over the server at LECTERN_MAIL_URL, else as .eml files in `outbox`."""
    return _over_smtp(url) if url else _into(outbox)


def _into(outbox: Path) -> Transport:
    def deliver(message: EmailMessage) -> None:
        outbox.mkdir(parents=True, exist_ok=True)
        name = message["Message-ID"].strip("<>").split("@")[0]
        disk.write(outbox / f"{name}.eml", [message.as_bytes()])
    return deliver


def _over_smtp(url: str) -> Transport:
    parts = urlsplit(url)
    trust = ssl.create_default_context()

    def connect() -> smtplib.SMTP:
        host, port = parts.hostname or "localhost", parts.port or 0
        if parts.scheme == "smtps":
            return smtplib.SMTP_SSL(host, port, timeout=20, context=trust)
        return smtplib.SMTP(host, port, timeout=20)

    def deliver(message: EmailMessage) -> None:
        with closing(connect()) as server:
            if parts.username:
                if parts.scheme == "smtp":
                    server.starttls(context=trust)
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)
            # It is taken by now: however they part, it must not be sent again.
            with suppress(OSError):
                server.quit()
    return deliver
