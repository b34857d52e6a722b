"""Text that people wrote, made safe and readable: the allow-list, Markdown, plain text, slugs."""

from app.text.cleaning import (
    ALLOWED_ATTRIBUTES,
    ALLOWED_SCHEMES,
    ALLOWED_TAGS,
    DROPPED_WITH_CONTENT,
    HOUSE_REL,
    MEDIA_PREFIX,
    OUTSIDE_REL,
    clean_html,
    cleaner,
    plain,
)
from app.text.rendering import markdown, remark
from app.text.words import (
    fold,
    minutes_of,
    one_line,
    shorten,
    slugify,
    tidy,
    whole_number,
)

__all__ = ["ALLOWED_ATTRIBUTES", "ALLOWED_SCHEMES", "ALLOWED_TAGS", "DROPPED_WITH_CONTENT",
           "HOUSE_REL", "MEDIA_PREFIX", "OUTSIDE_REL", "clean_html", "cleaner", "fold", "markdown",
           "minutes_of", "one_line", "plain", "remark", "shorten", "slugify", "tidy",
           "whole_number"]
