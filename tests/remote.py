"""A remote signing service (CSC API 1.0.4) on loopback: it signs what was authorised and nothing else."""

from __future__ import annotations

import base64
import json
import secrets
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

ACCESS: Final = "a-token-of-the-service"
PIN: Final = "4711"
CODE: Final = "090807"
SHA256: Final = Prehashed(hashes.SHA256())
_ALGORITHMS: Final = {
    "1.2.840.113549.1.1.11": rsa.RSAPrivateKey,
    "1.2.840.113549.1.1.1": rsa.RSAPrivateKey,
    "1.2.840.10045.4.3.2": ec.EllipticCurvePrivateKey,
}


@dataclass
class Credential:
    """A key that the service holds, and how it is authorised."""

    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    chain: tuple[x509.Certificate, ...]
    algorithms: tuple[str, ...] = tuple(_ALGORITHMS)
    mode: str = "explicit"
    code: str = ""
    """online or offline: a one-time code is wanted, too."""
    changes: dict[str, Any] = field(default_factory=dict)
    """What credentials/info tells differently."""

    @property
    def told(self) -> dict[str, Any]:
        certificates = [base64.b64encode(one.public_bytes(serialization.Encoding.DER)).decode() for one in self.chain]
        return {
            "key": {"status": "enabled", "algo": list(self.algorithms), "len": 256},
            "cert": {"status": "valid", "certificates": certificates},
            "authMode": self.mode,
            "SCAL": "2",
            "PIN": {"presence": "true" if self.mode == "explicit" else "false"},
            "OTP": {"presence": "true", "type": self.code} if self.code else {"presence": "false"},
            "multisign": 1,
            **self.changes,
        }

    def sign(self, digest: bytes) -> bytes:
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(digest, padding.PKCS1v15(), SHA256)
        return self.key.sign(digest, ec.ECDSA(SHA256))


class Refusal(Exception):
    """An error of the protocol."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error)
        self.status, self.told = status, {"error": error, "error_description": description}


class SigningService:
    """Use it in a ``with`` statement; ``asked`` remembers every method that was called."""

    def __init__(self) -> None:
        self.credentials: dict[str, Credential] = {}
        self.asked: list[str] = []
        self.raw: tuple[int, bytes] | None = None
        """When set, the one answer to everything."""
        self._authorised: dict[str, tuple[str, str]] = {}
        self._sent = False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}/sign"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def add(self, credential: Credential, name: str = "") -> str:
        """The address of a new credential."""
        name = name or f"cred-{len(self.credentials) + 1}"
        self.credentials[name] = credential
        return f"csc:{self.url};credential={name}"

    def answer(self, method: str, access: str, body: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(method)
        if access != f"Bearer {ACCESS}":
            raise Refusal("invalid_token", "The access token is expired or revoked", 401)
        credential = self.credentials.get(body["credentialID"])
        if credential is None:
            raise Refusal("invalid_request", "Invalid parameter credentialID")
        if method == "credentials/info":
            return credential.told
        if method == "credentials/sendOTP":
            self._sent = True
            return {}
        if method == "credentials/authorize":
            return {"SAD": self._authorise(credential, body), "expiresIn": 60}
        if method == "signatures/signHash":
            return {"signatures": [self._sign(credential, body)]}
        raise Refusal("invalid_request", method, 404)

    def _authorise(self, credential: Credential, body: dict[str, Any]) -> str:
        if credential.mode == "explicit" and body.get("PIN") != PIN:
            raise Refusal("invalid_pin", "The PIN is invalid")
        if credential.code and (body.get("OTP") != CODE or (credential.code == "online" and not self._sent)):
            raise Refusal("invalid_otp", "The OTP is invalid")
        (digest,) = body["hash"]
        assert body["numSignatures"] == 1
        sad = secrets.token_urlsafe()
        self._authorised[sad] = (body["credentialID"], digest)
        return sad

    def _sign(self, credential: Credential, body: dict[str, Any]) -> str:
        """Signature activation data are good once, for one digest, with one credential."""
        (digest,) = body["hash"]
        if self._authorised.pop(body["SAD"], None) != (body["credentialID"], digest):
            raise Refusal("invalid_request", "The hash was not authorised")
        if body["hashAlgo"] != "2.16.840.1.101.3.4.2.1" or body["signAlgo"] not in credential.algorithms:
            raise Refusal("invalid_request", "Invalid parameter signAlgo")
        return base64.b64encode(credential.sign(base64.b64decode(digest))).decode()

    def _handler(service) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the handler has its own self
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
                self._reply(*(service.raw or self._told(body)))

            def _told(self, body: dict[str, Any]) -> tuple[int, bytes]:
                method = self.path.removeprefix("/sign/csc/v1/")
                try:
                    told = service.answer(method, self.headers.get("Authorization", ""), body)
                except Refusal as refusal:
                    return refusal.status, json.dumps(refusal.told).encode()
                return 200, json.dumps(told).encode()

            def _reply(self, status: int, data: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                if status == 302:
                    self.send_header("Location", data.decode())
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name http.server asks for
                """Say nothing."""

        return Handler
