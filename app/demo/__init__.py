"""The demo: a small believable blog, loaded through the same actions that people use."""
