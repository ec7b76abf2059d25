"""Where a process of a crew starts: the number of its end of the line is its only argument."""

from __future__ import annotations

import sys
from multiprocessing.connection import Connection

from conventions.lazy import collect_rarely

if __name__ == "__main__":
    collect_rarely()
    from conventions.pipeline.hand import serve

    serve(Connection(int(sys.argv[1])))
