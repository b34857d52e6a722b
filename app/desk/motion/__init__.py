"""The desk in motion, as pages: claims, decisions on many items at once, and what is new."""
