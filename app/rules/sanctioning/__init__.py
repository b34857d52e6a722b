"""Bans and always-holds in the hands of editors: made from a comment, with an end, and lifted."""
