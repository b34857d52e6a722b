"""Accounts: who may sign in, and as what. A password never leaves this package."""
