"""What is different where costs are measured."""

import pytest


@pytest.fixture(scope="session")
def careless() -> bool:
    """Nothing may be lost: what a commit costs is a part of what is measured."""
    return False
