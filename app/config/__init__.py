"""What an installation can set: the LECTERN_… variables, checked once at start."""

from app.config.checking import LOOPBACK, BadSetting, is_web_address
from app.config.settings import Settings

__all__ = ["LOOPBACK", "BadSetting", "Settings", "is_web_address"]
