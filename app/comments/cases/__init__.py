"""What follows a comment: its sender's changes, withdrawal and appeal, and readers' reports.

All of it ends at the desk or in the comment itself; what is kept of either is erased in time.
"""
