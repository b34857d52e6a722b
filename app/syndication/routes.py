"""Feeds and what else machines read."""

from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, render_template, request
from sqlalchemy import Select

from app.database import db
from app.entries import queries as entries
from app.entries import reading
from app.episodes import queries as episodes
from app.pagecache import cached
from app.syndication import documents, sitemaps

syndication = Blueprint("syndication", __name__)
ITEMS = 30
# What an index of sitemaps may name.
MOST_PARTS = 50_000


def _channel(title: str, path: str, query: Select[Any], description: str = "",
             ) -> documents.Channel:
    return documents.Channel(
        title=title, base=current_app.config["BASE_URL"], path=path,
        entries=reading.texts(db.session, entries.listed(query).limit(ITEMS)),
        language=current_app.config["LANGUAGE"], address=request.path,
        description=description or "Perspectives on leadership, written and spoken.")


def _answer(body: bytes, mimetype: str) -> Response:
    return Response(body, mimetype=mimetype)


def _site() -> documents.Channel:
    return _channel(current_app.config["TITLE"], "/", entries.published())


@syndication.get("/feed.xml")
@cached("published")
def rss() -> Response:
    """Everything published, as RSS 2.0."""
    return _answer(documents.rss(_site()), "application/rss+xml")


@syndication.get("/feed.atom")
@cached("published")
def atom() -> Response:
    """Everything published, as Atom."""
    return _answer(documents.atom(_site()), "application/atom+xml")


@syndication.get("/feed.json")
@cached("published")
def json_feed() -> Response:
    """Everything published, as JSON Feed 1.1."""
    return _answer(documents.json_feed(_site()), "application/feed+json")


@syndication.get("/topics/<slug>/feed.xml")
@cached()
def topic(slug: str) -> Response:
    """What is published on a topic."""
    found = entries.topic(db.session, slug) or abort(404)
    channel = _channel(found.name, found.path, entries.about(found), found.description)
    return _answer(documents.rss(channel), "application/rss+xml")


@syndication.get("/series/<slug>/feed.xml")
@cached()
def series(slug: str) -> Response:
    """What is published in a series, newest first."""
    found = entries.series(db.session, slug) or abort(404)
    query = entries.in_series(found).order_by(None).order_by(*entries.NEWEST_FIRST)
    channel = _channel(found.title, found.path, query, found.description)
    return _answer(documents.rss(channel), "application/rss+xml")


@syndication.get("/episodes/feed.xml")
@cached("published")
def podcast() -> Response:
    """The webcast, for podcast players."""
    channel = _channel("Perspectives on Leadership", "/episodes/", entries.published("episodes"),
                       "Conversations with people who lead something real.")
    enclosures = episodes.enclosures(db.session, [each.id for each in channel.entries])
    return _answer(documents.podcast(channel, enclosures), "application/rss+xml")


@syndication.get("/sitemap.xml")
@cached("entries")
def sitemap() -> Response:
    """Every public address of an entry that search engines may list, or the parts it comes in."""
    base = current_app.config["BASE_URL"]
    body = (sitemaps.index(base, sitemaps.parts(db.session)) if sitemaps.is_parted(db.session)
            else sitemaps.sitemap(base, sitemaps.addresses(db.session)))
    return _answer(body, "application/xml")


@syndication.get("/sitemap-<int:part>.xml")
@cached("entries")
def sitemap_part(part: int) -> Response:
    """One part of the sitemap."""
    found = sitemaps.addresses(db.session, part) if 0 < part < MOST_PARTS else ()
    if not found:
        abort(404, "The sitemap has no such part.")
    return _answer(sitemaps.sitemap(current_app.config["BASE_URL"], found), "application/xml")


@syndication.get("/robots.txt")
@cached()
def robots() -> Response:
    """What crawlers may ask for."""
    return Response(render_template("syndication/robots.txt"), mimetype="text/plain")


@syndication.get("/oembed")
def oembed() -> Response:
    """How another site can embed an episode (oEmbed 1.0, "rich")."""
    base = current_app.config["BASE_URL"]
    path = request.args.get("url", "").removeprefix(base).split("#")[0].split("?")[0]
    slug = path.removeprefix("/episodes/").strip("/")
    episode = path.startswith("/episodes/") and entries.heading(db.session, "episodes", slug)
    if not episode:
        abort(404, "There is no episode at this address.")
    if request.args.get("format", "json") != "json":
        abort(501)
    return jsonify(documents.oembed(base, current_app.config["TITLE"], episode))
