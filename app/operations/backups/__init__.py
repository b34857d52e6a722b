"""The whole site in one file, made while it runs, and back from it, as a whole or not at all.

In it are the rows of every table, the uploaded files that they name, and the secret key, so that
who was signed in stays so. A backup knows no engine: one of SQLite can be restored into PostgreSQL.
"""
