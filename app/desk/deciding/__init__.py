"""Decisions as pages: on one item, what is said to whoever comes too late, and taking back."""
