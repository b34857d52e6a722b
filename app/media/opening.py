"""The store that an installation has set."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from app.config import BadSetting, Settings, is_web_address
from app.media.bucket import Bucket, Place
from app.media.folder import Folder
from app.media.store import Store

ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")


def open_store(settings: Settings, environ: Mapping[str, str]) -> Store:
    """The store at LECTERN_MEDIA_URL: a directory or a bucket; without one, DATA/media.

    What the URL of a bucket leaves out is in the variables that all who speak S3 know. Nobody is
    asked yet. Raises BadSetting.
    """
    url = settings.media_url
    if "://" in url:
        return Bucket(_place(url, environ))
    return Folder(settings.media)


def _place(url: str, environ: Mapping[str, str]) -> Place:
    parts = urlsplit(url)
    more = dict(parse_qsl(parts.query))
    endpoint = more.get("endpoint") or _first(environ, ENDPOINTS)
    if endpoint and not is_web_address(endpoint):
        raise BadSetting(f"AWS_ENDPOINT_URL must look like https://example.org, not {endpoint!r}.")
    return Place(bucket=parts.netloc, prefix=parts.path.strip("/"), endpoint=endpoint.rstrip("/"),
                 region=more.get("region") or _first(environ, REGIONS),
                 public=more.get("public", "").rstrip("/"))


def _first(environ: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((environ[name] for name in names if environ.get(name)), "")
