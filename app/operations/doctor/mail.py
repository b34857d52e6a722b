"""Mail: whether its server lets us in, and what has not left. Nothing is sent."""

import smtplib
import ssl
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from sqlalchemy.orm import Session

from app.operations import standing
from app.operations.doctor.finding import (
    Finding,
    Patient,
    counted,
    lasting,
    ok,
    said,
    warning,
    wrong,
)

TIMEOUT_SECONDS = 8
LATE = timedelta(minutes=10)


def look(patient: Patient) -> Iterator[Finding]:
    """The server, then the outbox."""
    settings = patient.settings
    if settings.mail_url:
        yield _server(settings.mail_url)
    else:
        yield warning(f"Mail leaves nobody's hands: it is written to {settings.outbox}.",
                      "Set LECTERN_MAIL_URL to your mail server.")
    with Session(patient.engine) as session:
        yield from _outbox(standing.outbox(session, patient.now))


def _server(url: str) -> Finding:
    host = urlsplit(url).hostname
    try:
        _enter(url)
    except smtplib.SMTPAuthenticationError:
        return wrong(f"{host} refuses our name and password.",
                     "Put those that it knows into LECTERN_MAIL_URL; signs like @ as %40.")
    except smtplib.SMTPNotSupportedError:
        return wrong(f"{host} offers no TLS or no sign-in there, so the password stays here.",
                     "Use smtps:// or its port for submission, usually 587.")
    except ssl.SSLError as error:
        return wrong(f"{host} cannot prove who it is: {error.reason or error}",
                     "Use the name that stands in its certificate; smtps:// for port 465.")
    except (OSError, smtplib.SMTPException) as error:
        return wrong(f"{host} cannot be reached: {said(error)}",
                     "See to host and port in LECTERN_MAIL_URL, and to firewalls on the way.")
    return ok(f"{host} lets us in.")


def _enter(url: str) -> None:
    parts = urlsplit(url)
    host, port, trust = parts.hostname or "localhost", parts.port or 0, ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=trust)
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    with server:
        server.ehlo_or_helo_if_needed()
        if parts.username:
            if parts.scheme == "smtp":
                server.starttls(context=trust)
            server.login(unquote(parts.username), unquote(parts.password or ""))


def _outbox(outbox: standing.Outbox) -> Iterator[Finding]:
    if outbox.given_up:
        yield warning(f"{counted(outbox.given_up, 'mail')} could not be sent and was given up.",
                      "See why in the log; whoever waits for it may ask for a new one.")
    if outbox.late > LATE:
        yield wrong(f"{counted(outbox.waiting, 'mail')} in the outbox, the oldest"
                    f" {lasting(outbox.late.total_seconds())} late, {outbox.failing} refused at"
                    " least once.", "See to the worker and to the mail server.")
    else:
        yield ok(f"{counted(outbox.waiting, 'mail')} in the outbox, none late.")
