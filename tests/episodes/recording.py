"""A real recording for an episode: speech, from the demo's content."""

from pathlib import Path

from app import media
from app.episodes.models import Episode
from tests.conftest import NOON
from tests.making import Maker

AUDIO = Path(__file__).parents[2] / "app/demo/content/audio/both-sides-of-the-slipway.mp3"


def record(make: Maker, episode: Episode, store: media.Store) -> None:
    """Gives an episode the recording."""
    with AUDIO.open("rb") as file:
        episode.audio = media.keep(make.session, store, media.read_audio(file), now=NOON)
    make.session.commit()
