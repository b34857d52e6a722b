"""The desk: everything that waits for a decision, whatever it is, and the log of what was decided.

It knows no subject. A subject registers its kind: how its card is drawn, how many are loaded at
once, what each decision does and how it is taken back.
"""
