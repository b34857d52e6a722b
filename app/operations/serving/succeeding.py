"""How one version of the program becomes the next: `exec` keeps the number of the first process,
the sockets, and the children of the old version, who answer until new ones do.
"""

import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence

from app.operations.serving.duties import SIGNALS

# How an old version tells the new one of its sockets and of its children. No LECTERN_… name, for
# those are settings.
SOCKETS, CHILDREN = "SERVING_SOCKETS", "SERVING_CHILDREN"
# All that a site may come to need, whether it is loaded at its start or not.
TRIAL = "import wsgi, app.operations.serving.cli, app.later; app.later.load_all()"


def try_new() -> int:
    """Starts a process that loads the new version and ends: with 0 if it can be loaded."""
    return os.posix_spawn(sys.executable, [sys.executable, "-c", TRIAL], os.environ,
                          setsigmask=())


def become_new(listening: Sequence[socket.socket], children: Mapping[int, signal.Signals]) -> None:
    """Turns this process into one of the new version; does not return. `children` of this one are
    told by their numbers, and how each is asked to leave.
    """
    for each in listening:
        each.set_inheritable(True)
    # None must come while nobody listens.
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {  # noqa: S606
        **os.environ, SOCKETS: ",".join(str(each.fileno()) for each in listening),
        CHILDREN: ",".join(f"{pid}:{int(how)}" for pid, how in children.items())})


def inherited() -> tuple[list[socket.socket], dict[int, signal.Signals]]:
    """The sockets and the children of the version before, if this process was one."""
    numbers = [int(each) for each in os.environ.pop(SOCKETS, "").split(",") if each]
    children = [each.split(":") for each in os.environ.pop(CHILDREN, "").split(",") if each]
    known = {number: socket.socket(fileno=number) for number in numbers}
    for each in known.values():
        each.set_inheritable(False)
    return ([known[number] for number in numbers],
            {int(pid): signal.Signals(int(how)) for pid, how in children})
