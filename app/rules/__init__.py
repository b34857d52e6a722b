"""The rules that a comment passes on its way in: what they are, what they saw, what they learned.

A rule is a small pure function of facts. Rules stand in an order that editors set; the first that
has something to say decides. A changed rulebook can be rehearsed over the last 90 days before it is
saved.
"""
