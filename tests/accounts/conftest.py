"""What tests of accounts may use."""

from tests.at_once import at_once

__all__ = ["at_once"]
