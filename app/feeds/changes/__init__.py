"""What changed at the source after we took it: the desk shows three versions and merges them."""
