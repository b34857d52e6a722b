"""What every test of the demo may use."""

from tests.commanding import run
from tests.demo.site import demo_template

__all__ = ["demo_template", "run"]
