"""DOOR on the web: for those who have only a link, and for the secretariat's morning.

Server-rendered pages over the same office as the command line. Nothing here judges, signs or stores: a page asks the
office, and shows what it answers. FastAPI is loaded when the application is first named, not before.

A part of the portal is a module with an ``APIRouter`` (listed in ``application``), a class of its sentences, and
templates in ``pages``: ``page(request, "name.html", Words, …)`` makes an answer, ``{{ words.title | say }}`` says a
sentence. What changes something takes ``form: Posted``, which proves that the form is ours; what a link opens begins
with ``visited(request, door, handle, purpose)``. Views are plain functions: they run in threads of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conventions.lazy import on_first_use

if TYPE_CHECKING:
    from conventions.portal.application import create_app
    from conventions.portal.serving import listen, serve

__all__ = ["create_app", "listen", "serve"]

_HOMES = {"application": ("create_app",), "serving": ("listen", "serve")}

__getattr__ = on_first_use(__name__, {name: f"{__name__}.{home}" for home, names in _HOMES.items() for name in names})
