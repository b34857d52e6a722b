"""Comments: what readers say under an entry, from the form to the thread, with no account needed."""
