"""What the desk keeps, as pages: the log, the reasons, notes about people."""
