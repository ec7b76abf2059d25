"""A real browser with pdf.js in it: people fill in forms where they read their mail."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final

from playwright.sync_api import Browser, Page

from conventions.shipped import shipped

__all__ = ["filled_by_pdfjs"]

_PAGE: Final = Path(__file__).with_name("viewer.html")
_TYPES: Final = {".html": "text/html", ".mjs": "text/javascript", ".pdf": "application/pdf"}


def filled_by_pdfjs(browser: Browser, form: bytes, answers: Mapping[str, str]) -> bytes:
    """Open a form, enter the answers as a person does with keyboard and mouse, and save it."""
    with _served(form) as address, browser.new_context() as context:
        page = context.new_page()
        page.goto(address)
        page.wait_for_function("document.title === 'ready'")
        fields = page.evaluate("window.fields")
        for name, value in answers.items():
            _enter(page, [field for field in fields if field["name"] == name], value)
        return base64.b64decode(page.evaluate("window.saved()"))


def _enter(page: Page, fields: list[dict[str, Any]], value: str) -> None:
    """A radio button or box is clicked, a list chosen from, all else typed."""
    wanted = [field for field in fields if not field["isButton"] or field["value"] == value]
    assert len(wanted) == 1, (value, fields)
    place = page.locator(f'[data-element-id="{wanted[0]["id"]}"]')
    match place.evaluate("element => element.type"):
        case "radio" | "checkbox":
            place.check()
        case "select-one":
            place.select_option(value)
        case _:
            place.fill("")
            place.press_sequentially(value)
            place.blur()


@contextmanager
def _served(form: bytes) -> Iterator[str]:
    """The page, pdf.js and the form, for this machine only."""
    pdfjs = shipped("portal") / "static" / "pdfjs"
    files = {f"/{path.name}": path.read_bytes() for path in (_PAGE, *sorted(pdfjs.glob("*.min.mjs")))}
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, {**files, "/form.pdf": form}))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/{_PAGE.name}"
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, files: Mapping[str, bytes], *connection: Any) -> None:
        self._files = files
        super().__init__(*connection)

    def do_GET(self) -> None:
        body = self._files.get(self.path, b"")
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", _TYPES.get(Path(self.path).suffix, "text/plain"))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""
