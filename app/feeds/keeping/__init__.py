"""One feed: its page at the desk, and its way off the list and back."""
