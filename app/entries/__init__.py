"""Entries, the kernel: all that a post is, its states and schedule, its people, topics and series.

An episode is an Entry with a table of its own beside it. Whoever brings text in makes an Entry
without knowing who will show it.
"""
