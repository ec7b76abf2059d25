"""The LibreOffices of this process, kept between two commands for as long as somebody might come back to them."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from conventions.press.conversion import Converter

__all__ = ["kept"]

_IDLE: Final = 60.0
"""Seconds after which one that nobody has used is ended: each holds some 150 MB."""

_Key = tuple[int, str | None, int]


class _Shelf:
    """Converters that nobody uses just now. Those of the process that this one was forked from stay that one's."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: dict[_Key, list[tuple[Converter, threading.Timer]]] = {}

    def take(self, key: _Key) -> Converter | None:
        with self._lock:
            if not self._idle.get(key):
                return None
            converter, timer = self._idle[key].pop()
        timer.cancel()
        return converter

    def put(self, key: _Key, converter: Converter) -> None:
        timer = threading.Timer(_IDLE, self.close, (key,))
        timer.daemon = True
        with self._lock:
            self._idle.setdefault(key, []).append((converter, timer))
        timer.start()

    def close(self, key: _Key) -> None:
        """End one of these."""
        if converter := self.take(key):
            converter.close()

    def close_all(self) -> None:
        for key in [key for key in self._idle if key[0] == os.getpid()]:
            while converter := self.take(key):
                converter.close()


_SHELF: Final = _Shelf()
atexit.register(_SHELF.close_all)


@contextmanager
def kept(soffice: str | None, workers: int) -> Iterator[Converter]:
    """A converter that may be warm from before, and will be kept warm for a minute."""
    key = (os.getpid(), soffice, workers)
    converter = _SHELF.take(key) or Converter(soffice, workers)
    try:
        yield converter
    except BaseException:
        converter.close()
        raise
    _SHELF.put(key, converter)
