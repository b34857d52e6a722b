"""The log: a line for each request and for whatever goes wrong, as JSON or as text, about nobody.

Every line carries the id of the request or of the job's run that it was written in. No line carries
an address, an e-mail, a query string, a token or anything else that a request brought.
"""

from app.logs.running import current, running
from app.logs.writing import OF_GRANIAN, configure

__all__ = ["OF_GRANIAN", "configure", "current", "running"]
