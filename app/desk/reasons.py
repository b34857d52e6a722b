"""The reasons an editor can give with one key each; a message in free words may follow."""

REASONS = (
    "Off topic",
    "Personal attack",
    "Promotion or advertising",
    "Hard to understand",
    "Facts that need a source",
    "Published elsewhere already",
    "Too short for a piece of its own",
    "Private details of others",
    "Not right for this site",
)
