"""Asking: when to ask a feed, how, what to make of the answer, and being told by its hub."""
