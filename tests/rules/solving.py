"""Does the sum of a comment form as a browser would."""

import json
from base64 import b64encode
from typing import Any

import altcha


def solve(challenge: dict[str, Any]) -> str:
    """The answer to a challenge, as ALTCHA's script words it."""
    solution = altcha.solve_challenge(altcha.Challenge.from_dict(challenge))
    assert solution is not None
    return worded(challenge, {"counter": solution.counter, "derivedKey": solution.derived_key})


def worded(challenge: dict[str, Any], solution: dict[str, Any]) -> str:
    """A challenge and what is said to solve it, as they travel."""
    return b64encode(json.dumps({"challenge": challenge, "solution": solution}).encode()).decode()
