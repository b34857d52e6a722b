"""What editors decide, and how it is taken back: the change with its line in the log, the pages.

The first decision on an item wins; whoever comes later is told who was faster.
"""
