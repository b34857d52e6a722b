"""Readers who confirmed their e-mail address: an identity without a password, and their mail.

Nothing here depends on an address that was only typed: a row in `readers` exists once its owner has
followed a link that was sent there. What becomes theirs with it is kept by subjects further up,
which say so in `belongings`.
"""
