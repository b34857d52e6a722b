"""Writing: the drafts of guests and editors, sending them in, and what became of them."""
