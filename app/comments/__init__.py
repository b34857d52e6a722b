"""Comments: what readers say under an entry, from form to thread, with no account needed."""
