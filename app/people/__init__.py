"""People: who wrote, spoke or was interviewed, with bio, picture and links of their own.

A person is public through what they have published here; an account is something else.
"""
