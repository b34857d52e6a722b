"""The program that runs trafilatura in a process of its own; imports nothing of ours.

A page is as hostile as a feed, and larger: the kernel counts this process's time and ends it. It
speaks as the feed parser's child does: a four-byte length and JSON, in and out, and the page.
"""

import json
import resource
import signal
import struct
import sys
import warnings
from typing import Any

import trafilatura

LONGEST = 1_000_000


def main() -> None:
    """Answer until standard input ends, which it does when the parent does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    warnings.simplefilter("ignore")
    memory = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while len(head := sys.stdin.buffer.read(4)) == 4:
        request = json.loads(sys.stdin.buffer.read(*struct.unpack("!I", head)))
        request["body"] = sys.stdin.buffer.read(request["length"])
        answer = json.dumps(_answer(request)).encode()
        sys.stdout.buffer.write(struct.pack("!I", len(answer)) + answer)
        sys.stdout.buffer.flush()


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    # The kernel's own stopwatch for processor time; its signal ends the process.
    signal.setitimer(signal.ITIMER_PROF, request["seconds"])
    try:
        html = trafilatura.extract(
            request["body"], url=request["content_type"] or None,
            output_format="html", include_comments=False, include_images=True, include_links=True,
            include_tables=True, include_formatting=True, with_metadata=False)
        return {"html": (html or "")[:LONGEST]}
    except MemoryError:
        return {"error": "memory"}
    except Exception as error:
        return {"error": type(error).__name__}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


if __name__ == "__main__":
    main()
