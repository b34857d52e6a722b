"""Posts: the page of one, the list of all, and where editors write them."""
