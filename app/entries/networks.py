"""Where readers pass an entry on. Plain links: no counter, no script, no third-party request."""

from typing import NamedTuple
from urllib.parse import quote


class Network(NamedTuple):
    """A place to share at. A retired one stays in the table, so that nobody adds it again."""

    name: str
    address: str
    retired: bool = False

    def link(self, url: str, title: str) -> str:
        """The address that begins a message about `url` there."""
        return self.address.format(url=quote(url, safe=""), title=quote(title, safe=""))


NETWORKS = (
    Network("LinkedIn", "https://www.linkedin.com/sharing/share-offsite/?url={url}"),
    Network("Mastodon", "https://mastodonshare.com/?text={title}&url={url}"),
    Network("Bluesky", "https://bsky.app/intent/compose?text={title}%20{url}"),
    Network("E-mail", "mailto:?subject={title}&body={url}"),
    Network("Google+", "https://plus.google.com/share?url={url}", retired=True),
    Network("StumbleUpon", "https://www.stumbleupon.com/submit?url={url}", retired=True),
)


def current() -> tuple[Network, ...]:
    """The networks that are still there."""
    return tuple(network for network in NETWORKS if not network.retired)
