"""An identity provider on loopback, which answers for whomever a test names."""

from __future__ import annotations

import hashlib
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.responses import Response

__all__ = ["FakeProvider", "a_provider"]


@dataclass
class FakeProvider:
    """What it says of the person, and what it was asked."""

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    """Added to every statement, or put in the place of what would be true."""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    signing_key: RSAKey | None = None
    """Another one than it publishes."""
    algorithm: str = "RS256"
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    """What each code was given for."""
    spent: list[str] = field(default_factory=list)

    def statement(self, wanted: dict[str, str]) -> str:
        now = int(time.time())
        facts = {
            "iss": self.issuer,
            "aud": wanted["client_id"],
            "sub": "4711",
            "name": "Lou Marin",
            "iat": now,
            "exp": now + 300,
            "nonce": wanted["nonce"],
        }
        header = {"alg": self.algorithm, "kid": "one"}
        return jwt.encode(header, facts | self.claims, self.signing_key or self.key, algorithms=[self.algorithm])


def _app(provider: FakeProvider) -> FastAPI:
    app = FastAPI()

    @app.get("/.well-known/openid-configuration")
    def places() -> dict[str, str]:
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": provider.issuer} | {name: f"{provider.issuer}/{path}" for name, path in names.items()}

    @app.get("/keys")
    def keys() -> dict[str, Any]:
        return {"keys": [provider.key.as_dict(private=False)]}

    @app.get("/authorize")
    def authorize(request: Request) -> RedirectResponse:
        wanted = dict(request.query_params)
        code = f"code-{len(provider.asked)}"
        provider.asked[code] = wanted
        return RedirectResponse(f"{wanted['redirect_uri']}?code={code}&state={wanted['state']}", 303)

    @app.post("/token")
    async def token(request: Request) -> Response:
        form = await request.form()
        code, verifier = str(form["code"]), str(form["code_verifier"])
        wanted = provider.asked.get(code)
        challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if wanted is None or code in provider.spent or challenge != wanted["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        provider.spent.append(code)
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": provider.statement(wanted)})

    return app


@contextmanager
def a_provider() -> Iterator[FakeProvider]:
    """It listens until the end of the ``with``."""
    provider = FakeProvider()
    config = uvicorn.Config(_app(provider), host="127.0.0.1", port=0, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
        assert thread.is_alive(), "the provider did not start"
    provider.issuer = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join()
