"""Where a process of a crew starts: the number of its end of the line is its only argument."""

from __future__ import annotations

import sys
from multiprocessing.connection import Connection

from conventions.pipeline.hand import serve

if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])))
