"""Whether the site is up, and its numbers."""

from hmac import compare_digest
from ipaddress import ip_address

from flask import Blueprint, abort, current_app, request

from app import clock
from app.database import db
from app.metrics import CONTENT_TYPE
from app.operations import measuring

operations = Blueprint("operations", __name__)
# Whoever sends one of these speaks for somebody else.
FORWARDING = ("Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via")
Answer = tuple[str, int, dict[str, str]]


@operations.get("/healthz")
def health() -> Answer:
    """The process answers."""
    return _said("ok\n")


@operations.get("/readyz")
def readiness() -> Answer:
    """Database and queue answer too, and the database is at the newest step."""
    away = current_app.extensions["readiness"].sentences()
    return _said("".join(f"{each}\n" for each in away.values()) or "ok\n", 503 if away else 200)


@operations.get("/metrics")
def metrics() -> Answer:
    """Numbers for Prometheus, for whoever has the token or sits at this machine."""
    if not (_has_token() or _is_here()):
        abort(404)
    found = current_app.extensions
    return _said(measuring.written(found["numbers"], found["readiness"], db.session,
                                   found["jobs"].queue, clock.now()), kind=CONTENT_TYPE)


def _said(text: str, status: int = 200, kind: str = "text/plain") -> Answer:
    return text, status, {"Content-Type": kind, "Cache-Control": "no-store"}


def _has_token() -> bool:
    token = current_app.config["SETTINGS"].metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and compare_digest(given.encode(), token.encode())


def _is_here() -> bool:
    # A proxy on this machine comes from loopback, too, whoever it speaks for.
    if any(each in request.headers for each in FORWARDING):
        return False
    seen = request.environ.get("werkzeug.proxy_fix.orig", request.environ)
    try:
        address = ip_address(seen.get("REMOTE_ADDR") or "")
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback
