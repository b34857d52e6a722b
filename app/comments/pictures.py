"""A picture for everybody who comments: four tiles in the site's colours, drawn from a seed.

The seed says nothing about its owner: it is a keyed hash, so whoever does not know the site's
secret can neither read an address from it nor try addresses out.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator

SEED = re.compile(r"[0-9a-f]{16}")
TILE = 32
# The ground and two colours on it; each trio holds on light paper and on dark.
TRIOS = (
    ("#8c2f2a", "#e2a94f", "#edd3a4"), ("#37536b", "#dba848", "#b4c8d2"),
    ("#b3741b", "#5e1f1c", "#f0d9a6"), ("#566b4d", "#e0bd7c", "#c6d2b4"),
    ("#2f3b52", "#d0785c", "#e0cca2"), ("#b25a44", "#efcd98", "#2f3b52"),
    ("#6b4453", "#dd9b50", "#e3c4b8"), ("#74876b", "#2c3a2f", "#eedcae"),
    ("#c69a4c", "#37536b", "#f1dfb4"), ("#4c6a73", "#ecc07a", "#8c2f2a"),
)
# Each fills its tile from the corner at the origin, so that turned ones meet at their edges.
SHAPES = (
    "M0 0H32A32 32 0 0 1 0 32Z",
    "M0 0H32L0 32Z",
    "M0 0A16 16 0 0 1 0 32Z",
    "M16 5A11 11 0 1 1 16 27A11 11 0 1 1 16 5Z",
    "M0 14L32 2V32H0Z",
    "M0 0A32 32 0 0 1 32 32A32 32 0 0 1 0 0Z",
    "M0 0H32V8H0ZM0 16H32V24H0Z",
    "M32 0A32 32 0 0 1 0 32V17A17 17 0 0 0 17 0Z",
)


def seed(secret: str, identity: str) -> str:
    """The seed of whoever the desk knows by `identity`; the same for the same person."""
    keyed = hmac.new(secret.encode(), f"picture\0{identity}".encode(), hashlib.sha256)
    return keyed.hexdigest()[:16]


def draw(seed: str) -> str:
    """The picture of a seed as SVG, without any style or script."""
    number = int(seed, 16)
    number, trio = divmod(number, len(TRIOS))
    ground, *colours = TRIOS[trio]
    tiles = "".join(_tiles(number, ground, colours))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * TILE} {2 * TILE}">'
            f'<path fill="{ground}" d="M0 0H64V64H0Z"/>{tiles}</svg>')


def _tiles(number: int, ground: str, colours: list[str]) -> Iterator[str]:
    for place in range(4):
        number, shape = divmod(number, len(SHAPES))
        number, turn = divmod(number, 4)
        number, colour = divmod(number, 2)
        x, y = place % 2 * TILE, place // 2 * TILE
        number, filled = divmod(number, 2)
        # Two tiles that touch at a corner keep the ground, so that it is always to be seen.
        if filled and place in {0, 3}:
            yield f'<path fill="{colours[1 - colour]}" d="M{x} {y}h{TILE}v{TILE}h-{TILE}Z"/>'
        yield (f'<path fill="{colours[colour]}" transform="translate({x} {y})'
               f' rotate({turn * 90} 16 16)" d="{SHAPES[shape]}"/>')
