"""Proof of work: a small sum that a browser does in the background, checked in no time.

The sum is ALTCHA's, version 2, made and checked here: nobody else is asked.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any

import altcha

FIELD = "altcha"
LASTS = timedelta(hours=1)
ALGORITHM, COST = "PBKDF2/SHA-256", 1000
# How often a browser has to try: about a second of one core of a phone.
FEWEST, MOST = 600, 1800
LONGEST = 4000


class Sums:
    """Hands out sums, and knows a solved one again. Its keys come from the site's secret key."""

    def __init__(self, secret: str) -> None:
        self._signing = _derived(secret, b"lectern: the sums that are handed out")
        self._solving = _derived(secret, b"lectern: what solves them")

    def new(self, now: datetime) -> dict[str, Any]:
        """A sum to be solved within LASTS, as ALTCHA's script takes it."""
        # The library would ask the machine's clock whether `expires_at` is over; ours comes in.
        sum_ = altcha.create_challenge(
            ALGORITHM, COST, counter=FEWEST + secrets.randbelow(MOST - FEWEST),
            data={"until": int((now + LASTS).timestamp())},
            hmac_secret=self._signing, hmac_key_secret=self._solving)
        return sum_.to_dict()

    def solved(self, answer: str, now: datetime) -> str | None:
        """The name of the sum that this solves, for it counts once; None if it solves none of ours.

        `answer` is what a browser sent and may be anything at all.
        """
        if not answer or len(answer) > LONGEST:
            return None
        try:
            given = altcha.Payload.from_base64(answer)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        if not altcha.verify_solution(given, self._signing, hmac_key_secret=self._solving).verified:
            return None
        sum_ = given.challenge
        until = (sum_.parameters.data or {}).get("until", 0)
        return sum_.signature if now.timestamp() < until else None


def _derived(secret: str, label: bytes) -> bytes:
    return hmac.new(secret.encode(), label, hashlib.sha256).digest()
