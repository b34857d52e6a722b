"""`lectern doctor`: looks at everything that a running site depends on, and says what to do.

Each area is a file with one function, `look`, which yields findings. None of them changes anything,
none waits longer than some seconds, none tells a secret, and one that fails is a finding itself.
"""

from app.operations.doctor.finding import Finding, Patient, State
from app.operations.doctor.looking import look_everywhere

__all__ = ["Finding", "Patient", "State", "look_everywhere"]
