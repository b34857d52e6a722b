"""One decision on many items at once, and one way back from it."""
