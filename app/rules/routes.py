"""What a reader's browser asks of the rules: a sum to do while a comment is being written."""

from flask import Blueprint, Response, current_app, jsonify

from app import clock

rules = Blueprint("rules", __name__)


@rules.get("/_/challenge")
def challenge() -> Response:
    """A sum of its own for whoever asks. It is fetched, because pages are kept and shared."""
    answer = jsonify(current_app.extensions["sums"].new(clock.now()))
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
