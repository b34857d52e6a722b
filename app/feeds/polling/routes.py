"""What others ask of our fetcher: who it is (people), and to be heard (hubs)."""

from flask import Blueprint, Response, abort, current_app, render_template, request

from app import clock
from app.database import db, writing
from app.feeds.polling import pushing, scheduling
from app.fetch import Limits
from app.web.bodies import takes_files
from app.web.safety import for_machines

polling = Blueprint("polling", __name__)
PIECE = 65536
LONGEST_PUSH = Limits().size


@polling.get("/bot")
def bot() -> str:
    """Who asks for other people's feeds, how often, and how to make it stop."""
    return render_template("feeds/bot.html", agent=current_app.extensions["asking"].agent,
                           limits=Limits(), scheduling=scheduling, spell=scheduling.spell)


@polling.get("/feeds/push/<token>")
@for_machines
def verify(token: str) -> Response:
    """A hub asks whether we asked it, or refuses: W3C WebSub, section 5.3.

    The one GET that writes: the recommendation wants it so, and only we know its address.
    """
    mode, topic = request.args.get("hub.mode", ""), request.args.get("hub.topic", "")
    challenge = request.args.get("hub.challenge", "")
    if request.method != "GET" or len(challenge) > pushing.LONGEST_CHALLENGE:
        abort(404)
    # Before it takes a writer's place: strangers must not be able to make writers wait.
    with db.sessionmaker() as session:
        _ = pushing.by_token(session, token) or abort(404)
    with writing() as session:
        found = pushing.by_token(session, token) or abort(404)
        now = clock.now()
        agreed = (
            pushing.deny(session, found, topic, now) if mode == "denied"
            else pushing.confirm_end(session, found, topic) if mode == "unsubscribe"
            else mode == "subscribe" and bool(challenge) and pushing.confirm(
                session, found, topic, request.args.get("hub.lease_seconds", ""), now))
    if not agreed:
        abort(404)
    return Response("" if mode == "denied" else challenge, mimetype="text/plain",
                    headers={"Cache-Control": "private, no-store"})


@polling.post("/feeds/push/<token>")
@for_machines
@takes_files(LONGEST_PUSH)
def push(token: str) -> tuple[str, int, dict[str, str]]:
    """A hub sends news. A wrong signature gets the same answer and no effect (section 7.1.2).

    410 for what we do not know tells the hub to end it (section 7). No transaction is open while
    the news arrives, and no more than a piece of it is in memory.
    """
    with db.sessionmaker() as session:
        found = pushing.by_token(session, token) or abort(410)
    request.max_content_length = LONGEST_PUSH
    signature = request.headers.get("X-Hub-Signature", "")
    if pushing.is_signed(signature, found.secret, iter(lambda: request.stream.read(PIECE), b"")):
        with writing() as session:
            pushing.take(session, found.token, clock.now())
    return "", 202, {"Cache-Control": "private, no-store"}
