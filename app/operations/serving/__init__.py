"""`lectern serve`: processes that answer and one that works, and one that watches over them.

No request fails when one of them dies or when all are replaced, and nothing that began is lost.
"""
