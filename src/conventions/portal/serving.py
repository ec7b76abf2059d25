"""Uvicorn with our settings: quiet, and believing only the proxies that the settings name."""

from __future__ import annotations

import logging
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

import uvicorn

from conventions.portal.application import create_app
from conventions.signing import Key

__all__ = ["listen", "serve"]

_SWITCH_S: Final = 0.0005


def listen(host: str, port: int) -> socket.socket:
    """Take an address, before anything is said of it.

    Args:
        host: to listen on; nothing is every address of this machine.
        port: 0 takes any that is free.

    Raises:
        OSError: it is another program's, or not this machine's.
    """
    return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)


def serve(workspace_root: Path, *, seal: Key | None, listening: socket.socket) -> None:
    """Serve a workspace until somebody stops it.

    Args:
        workspace_root: its folder.
        seal: the institution's key, open.
        listening: where people come in.
    """
    # A signature computes for a second; a page that only shows something gets its turn in between.
    sys.setswitchinterval(_SWITCH_S)
    app = create_app(workspace_root, seal=seal)
    proxies = app.state.door.portal.trusted_proxies
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
    # No library may tell of what it works on: fontTools would name the letters of a signer's name.
    logging.getLogger("conventions").setLevel(logging.INFO)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,  # its lines hold addresses and query strings; the shield writes its own
        server_header=False,
        date_header=True,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        timeout_graceful_shutdown=10,
    )
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listening])
