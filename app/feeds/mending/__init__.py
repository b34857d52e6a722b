"""Cleaning and repair of what came: markup, mojibake, pictures, texts that were cut short."""
