"""The portal for tests: requests without a network, a real server on loopback, a real browser, axe."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from conventions.office import Office
from conventions.portal import create_app
from conventions.portal.door import this_instant
from tests.workspaces import PASSPHRASE, Bureau

__all__ = [
    "DESKTOP",
    "NARROW",
    "PHONE",
    "a_client",
    "an_app",
    "chromium",
    "complaints_of",
    "form_token",
    "served",
    "shot",
]

DESKTOP: Final = ViewportSize(width=1280, height=900)
PHONE: Final = ViewportSize(width=390, height=844)
NARROW: Final = ViewportSize(width=320, height=640)
_CHROMIUM: Final = "/usr/bin/chromium"
_WCAG: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def an_app(bureau: Bureau, clock: Callable[[], datetime] = this_instant) -> Iterator[FastAPI]:
    """The portal of a workspace, its seal open."""
    now = datetime.now(UTC)  # noqa: TID251
    with Office.open(bureau.root) as office, office.seal_key(lambda *_: PASSPHRASE.encode(), now=now) as seal:
        app = create_app(bureau.root, seal=seal, clock=clock)
        try:
            yield app
        finally:
            app.state.door.office.registry.close()


@contextmanager
def a_client(app: FastAPI, language: str = "en", address: str = "testclient") -> Iterator[TestClient]:
    """Somebody with a browser that does not run scripts, and does not follow by itself where it is sent."""
    whence = (address, 50_000)
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False, client=whence) as client:
        client.headers["accept-language"] = language
        yield client


def form_token(page: str) -> str:
    """What the forms of a page carry."""
    found = re.search(r'name="form_token" value="([^"]+)"', page)
    assert found, page
    return found[1]


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """A real server on loopback; its address."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
        assert thread.is_alive(), "the server did not start"
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's own; nothing is fetched."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def complaints_of(page: Page) -> list[str]:
    """What axe finds wrong with a page, and whether it is wider than its window."""
    options = {"runOnly": {"type": "tag", "values": _WCAG}}
    found = Axe().run(page, options=options).response["violations"]
    told = [f"{one['id']}: {one['help']}: {[node['html'] for node in one['nodes']]}" for one in found]
    width, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    return told + ([f"{width} pixels wide in a window of {window}"] if width > window else [])


def shot(page: Page, folder: Path, name: str) -> None:
    """A picture of the whole page."""
    page.screenshot(path=folder / f"{name}.png", full_page=True)


# ── letters and guests ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Guest:
    """Somebody who has a link, and a browser without scripts."""

    bureau: Bureau
    client: TestClient
    number: str
    role: str
    handle: str

    @classmethod
    def comes(cls, bureau: Bureau, client: TestClient, number: str, role: str) -> Guest:
        answer = client.get(bureau.link_sent(number, f"turn-{role}"))
        assert answer.status_code == 303
        return cls(bureau, client, number, role, answer.headers["location"].rpartition("/")[2])

    def look(self) -> Response:
        answer: Response = self.client.get(f"/sign/{self.handle}")
        return answer

    def post(self, what: str, *, file: bytes | None = None, **typed: str) -> Response:
        return self.posts(what, typed, file)

    def posts(self, what: str, typed: Mapping[str, str], file: bytes | None = None) -> Response:
        data = {"form_token": form_token(self.look().text), **typed}
        files = None if file is None else {"file": ("paper.pdf", file)}
        answer: Response = self.client.post(f"/sign/{self.handle}/{what}", data=data, files=files)
        return answer

    def enters(self) -> Guest:
        assert self.post("code").status_code == 303
        answer = self.post("enter", code=self.bureau.code_sent(self.number, self.role))
        assert answer.status_code == 303, answer.text
        return self

    @property
    def name(self) -> str:
        return self.bureau.people(self.number)[self.role].name

    def signs(self) -> Response:
        return self.post("sign", name=self.name, agree="yes")
