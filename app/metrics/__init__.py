"""Numbers for whoever watches the site: counted by every process, read as one by any of them.

Each process adds to cells of memory that it maps from a file of its own, so that counting costs
less than a microsecond and outlives the process; whoever is asked adds up all the files.
"""

from app.metrics.exposition import CONTENT_TYPE, Family, render
from app.metrics.measures import Counter, Gauge, Histogram
from app.metrics.numbers import Numbers

__all__ = ["CONTENT_TYPE", "Counter", "Family", "Gauge", "Histogram", "Numbers", "render"]
