"""Run beside LibreOffice, by a Python that knows UNO: start it once, then hand it one document after another.

::

    python -I feeding.py '{"program": ["soffice", …], "key": "…", "load": {…}, "headings": […], "store": {…}, …}'

It says ``ready`` when LibreOffice listens. From then on each line that it reads is the path of a Word file without its
ending; it answers ``done`` when the PDF lies beside that file, and ``refused`` when LibreOffice would not. When its
input ends, as it does when the program that started it ends in whatever way, it ends LibreOffice too.

This file stands alone: it is started by its path, inside LibreOffice's confinement, and imports nothing of ours.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

__all__ = ["CANNOT_START"]

CANNOT_START: Final = 126
"""Exit status when the named program is no program: what a shell says too."""
_RESTART: Final = 81
"""A fresh profile makes LibreOffice leave once with this status; it wants to be started again."""
_PAUSE: Final = 0.02
"""Seconds between two knocks while LibreOffice starts."""
_FOLDERS: Final = ("/tmp", "/var/tmp")  # noqa: S108  # LibreOffice's choice
_LISTENER_AND_US: Final = 2
_ALLOCATOR: Final = "libtcmalloc_minimal.so.4"
"""Hands out memory faster than the system's own, of which LibreOffice asks a great deal; where it is not installed, the
linker goes on without it."""
_KEEP: Final = "ParaKeepTogether"
"""With the next paragraph."""
_PROPERTIES: Final = "[]com.sun.star.beans.PropertyValue"


def _started(command: Sequence[str]) -> subprocess.Popen[bytes]:
    nothing, surroundings = subprocess.DEVNULL, {**os.environ, "LD_PRELOAD": _ALLOCATOR}
    try:
        return subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing, env=surroundings)  # noqa: S603
    except OSError:
        sys.exit(CANNOT_START)


def _desktop(uno: Any, command: Sequence[str], pipe: str) -> tuple[Any, subprocess.Popen[bytes]]:
    """LibreOffice's own object that opens documents, as soon as it can be had, and the process that it lives in."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    process, launches = _started(command), 1
    while True:
        try:
            remote = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
            return remote.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", remote), process
        except uno.getClass("com.sun.star.connection.NoConnectException"):
            time.sleep(_PAUSE)
        status = process.poll()
        if status == _RESTART and launches == 1:
            process, launches = _started(command), 2
        elif status is not None:
            sys.exit(status or 1)


def _close_doors(pipe: str, other: str) -> None:
    """Remove the sockets, which LibreOffice opens to everybody on the machine, and leave if anybody was faster.

    A connection needs no name once it is there. Until it is removed, others can use it; who has done so still has a
    connection that bears the name, and the kernel lists it.
    """
    uses = 0
    for folder in _FOLDERS:
        for name in (pipe, f"{os.getuid()}_{pipe}", other, f"{os.getuid()}_{other}"):
            path = Path(folder, f"OSL_PIPE_{name}")
            path.unlink(missing_ok=True)
            lines = Path("/proc/net/unix").read_text().splitlines() if pipe in name else []
            uses += sum(line.endswith(f" {path}") for line in lines)
    if uses != _LISTENER_AND_US:
        sys.exit(1)


def _converter(uno: Any, desktop: Any, how: Mapping[str, Any]) -> Callable[[str], None]:
    """What converts one file; it raises whatever LibreOffice does."""
    value, direct = uno.getClass("com.sun.star.beans.PropertyValue"), "DIRECT_VALUE"
    state = uno.Enum("com.sun.star.beans.PropertyState", direct)

    def properties(named: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(value(Name=name, Handle=0, Value=given, State=state) for name, given in named.items())

    load = properties(how["load"])
    store = properties({**how["store"], "FilterData": uno.Any(_PROPERTIES, properties(how["export"]))})

    def convert(file: str) -> None:
        window = desktop.findFrame("_blank", 0)
        window.LayoutManager = None  # no menus, toolbars and icons for a document that nobody sees
        document = window.loadComponentFromURL(Path(f"{file}.docx").as_uri(), "_self", 0, load)
        try:
            _look_again(document, how["headings"])
            document.storeToURL(Path(f"{file}.pdf").as_uri(), store)
        finally:
            (document or window).close(True)  # a document takes its window along; UNO has no names for arguments

    return convert


def _look_again(document: Any, headings: Sequence[str]) -> None:
    """Let LibreOffice keep its headings with what follows them, now that everything has its place.

    While it lays a document out it leaves a heading alone at the foot of a page to whose top another heading has moved.
    It looks at a heading once more when it is told anew to keep it.
    """
    styles = document.StyleFamilies.getByName("ParagraphStyles")
    for name in headings:
        style = styles.getByName(name)
        if style.getPropertyValue(_KEEP):
            style.setPropertyValue(_KEEP, False)
            style.setPropertyValue(_KEEP, True)


def _serve(how: Mapping[str, Any]) -> None:
    import uno  # type: ignore[import-not-found]  # only the Python that runs this has it

    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(lines,), daemon=True).start()
    pipe = f"feed_{how['key']}"
    desktop, process = _desktop(uno, [*how["program"], f"--accept=pipe,name={pipe};urp;"], pipe)
    _close_doors(pipe, f"SingleOfficeIPC_{how['key']}")
    convert = _converter(uno, desktop, how)
    sys.stdout.write("ready\n")
    while True:
        try:
            convert(lines.get())
            answer = "done"
        except Exception:  # noqa: BLE001  # UNO's errors have no common class; whoever asked counts what came out
            answer = "refused"
        if process.poll() is not None:
            sys.exit(1)
        sys.stdout.write(f"{answer}\n")


def _read(lines: queue.SimpleQueue[str]) -> None:
    """Take in what is asked, also while LibreOffice works or hangs: only so the end of all is noticed."""
    for line in sys.stdin:
        lines.put(line.rstrip("\n"))
    os.killpg(0, signal.SIGKILL)
    os._exit(1)  # the first process of a process tree of its own survives its own signal


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    _serve(json.loads(sys.argv[1]))
