"""The edge that every subject's HTTP shares: safety, errors, htmx, assets, forms, paging."""
