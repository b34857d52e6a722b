"""The public address: https, reachable, and not open where it should be closed."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import urllib3

from app.config import LOOPBACK
from app.operations.doctor.finding import Finding, Patient, ok, warning, wrong

TIMEOUT_SECONDS = 5.0


def look(patient: Patient) -> Iterator[Finding]:
    """Asks the site as a reader would."""
    base = patient.settings.base_url
    parts = urlsplit(base)
    if parts.hostname in LOOPBACK:
        yield warning(f"The address is {base}, which only this machine can reach.",
                      "Set LECTERN_BASE_URL to the address that readers type.")
    elif parts.scheme != "https":
        yield wrong(f"The address is {base}: passwords go over the net as they are typed.",
                    "Put a proxy with TLS in front (deploy/Caddyfile), and set LECTERN_BASE_URL to"
                    " https://….")
    with urllib3.PoolManager(retries=False, timeout=TIMEOUT_SECONDS) as http:
        try:
            answer = http.request("GET", f"{base}/healthz", redirect=False)
        except urllib3.exceptions.HTTPError as error:
            yield wrong(f"{base} does not answer: {_short(error)}",
                        "Start `lectern serve`; see to DNS, the proxy and the firewall.")
            return
        yield from _answered(base, answer)
        if answer.status == 200 and parts.hostname not in LOOPBACK:
            yield from _closed(http, base)


def _short(error: Exception) -> str:
    # "HTTPSConnectionPool(…): what happened (caused by …)"
    return str(error).split(": ", 1)[-1].splitlines()[0][:200] + "."


def _answered(base: str, answer: urllib3.BaseHTTPResponse) -> Iterator[Finding]:
    if answer.status in {301, 302, 307, 308}:
        where = answer.headers.get("Location", "elsewhere")
        yield wrong(f"{base} leads to {where}.",
                    "Set LECTERN_BASE_URL to where it leads, without the path.")
    elif answer.status != 200 or answer.data.strip() != b"ok":
        yield wrong(f"{base}/healthz says {answer.status}, and not as Lectern would.",
                    "See what answers there; the proxy must pass all paths on.")
    else:
        yield ok(f"{base} answers.")


def _closed(http: urllib3.PoolManager, base: str) -> Iterator[Finding]:
    """What a proxy says of its client must not be something that the client said."""
    for headers in ({}, {"X-Forwarded-For": "127.0.0.1"}):
        answer = http.request("GET", f"{base}/metrics", headers=headers, redirect=False)
        if answer.status == 200:
            yield wrong("Everybody can read /metrics: the proxy does not say who asks.",
                        "Let it send X-Forwarded-For (Caddy does; nginx needs proxy_set_header),"
                        " and set LECTERN_TRUSTED_PROXIES.")
            return
    yield ok("The proxy says who asks.")
