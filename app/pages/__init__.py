"""The pages that belong to no single subject: home, topics, series, people."""
