"""The desk in motion, as pages: who has what open, and what is new."""
