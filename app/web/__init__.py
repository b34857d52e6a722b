"""The edge that every subject's HTTP shares: safety, errors, htmx answers, assets, forms, paging."""
