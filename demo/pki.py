"""A test authority on loopback: certificates, revocation answers and time-stamps for demonstrations and tests.

Its keys are made when it starts and are worth nothing outside that run. The services answer for real (RFC 6960 OCSP,
RFC 5280 CRL, RFC 3161 time-stamps), so that a paper signed with it is as complete as one signed with a bought
certificate; only the root is one that nobody else believes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from certomancer.services import TimeStamper
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

__all__ = ["Authority", "Identity", "Named", "TestPki"]

SEAL_NAME: Final = "Demonstration University Seal"
_BACKDATED: Final = timedelta(days=30)


class Named(Protocol):
    """Somebody who can be given a certificate."""

    @property
    def name(self) -> str:
        """First name, last name."""

    @property
    def email(self) -> str:
        """Goes into the subject alternative name."""


@dataclass(frozen=True)
class Identity:
    """A private key with its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


@dataclass
class Authority:
    """A certification authority and what it has revoked."""

    label: str
    identity: Identity
    chain: tuple[x509.Certificate, ...]
    """From this authority's certificate up to, not including, the root."""
    url: str
    responder: Identity | None = None
    revoked: dict[int, datetime] = field(default_factory=dict)

    def crl(self, now: datetime) -> bytes:
        """Everything revoked up to now (DER); the next list is promised in seven days."""
        builder = x509.CertificateRevocationListBuilder(
            issuer_name=self.identity.certificate.subject,
            last_update=now - timedelta(seconds=1),
            next_update=now + timedelta(days=7),
        ).add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        builder = builder.add_extension(_authority_key(self.identity), critical=False)
        for serial, since in self.revoked.items():
            entry = x509.RevokedCertificateBuilder(serial_number=serial, revocation_date=since)
            reason = x509.CRLReason(x509.ReasonFlags.key_compromise)
            builder = builder.add_revoked_certificate(entry.add_extension(reason, critical=False).build())
        return builder.sign(self.identity.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def ocsp(self, request: bytes, now: datetime) -> bytes:
        """Status of the certificate that a request asks for (DER)."""
        asked = ocsp.load_der_ocsp_request(request)
        if self.responder is None:
            refusal = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.UNAUTHORIZED)
            return refusal.public_bytes(serialization.Encoding.DER)
        since = self.revoked.get(asked.serial_number)
        builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
            issuer_name_hash=asked.issuer_name_hash,
            issuer_key_hash=asked.issuer_key_hash,
            serial_number=asked.serial_number,
            algorithm=asked.hash_algorithm,
            cert_status=ocsp.OCSPCertStatus.REVOKED if since else ocsp.OCSPCertStatus.GOOD,
            this_update=now - timedelta(seconds=1),
            next_update=now + timedelta(days=1),
            revocation_time=since,
            revocation_reason=x509.ReasonFlags.key_compromise if since else None,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, self.responder.certificate)
        builder = builder.certificates([self.responder.certificate])
        for extension in asked.extensions:
            if isinstance(extension.value, x509.OCSPNonce):
                builder = builder.add_extension(extension.value, critical=False)
        return builder.sign(self.responder.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


class TestPki:
    """Root, intermediate, OCSP, CRL and time-stamp services; use it in a ``with`` statement.

    Person and seal certificates are made on demand and end two years after ``now``; authorities and the time-stamp
    service last twelve years, so that a sealed paper can be looked at from far ahead.
    """

    __test__ = False  # pytest collects classes by this prefix

    def __init__(self, folder: Path, *, now: datetime) -> None:
        """Make the authorities; ``folder`` receives the key files and ``roots.pem``."""
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)
        self._now = now
        self._files = 0
        self._moment: datetime | None = None
        self.asked: list[str] = []
        """Paths that were requested from the services, in order."""
        self.is_down = False
        """Set it to make every service answer 503."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.url = f"http://{self.host}:{self._server.server_port}"
        root = _issue(_subject("Demonstration Root"), None, now, years=12, extensions=_for_authority(path_length=1))
        self._root = Authority("root", root, (), self.url)
        self.authority = self._subordinate("people", "Demonstration People")
        other = _issue(_subject("Another Root"), None, now, years=12, extensions=_for_authority(path_length=0))
        self._other = Authority("other", other, (), self.url)
        self._other.responder = self._service(self._other, "Another OCSP", ExtendedKeyUsageOID.OCSP_SIGNING)
        stamping = self._service(self._root, "Demonstration Time-Stamps", ExtendedKeyUsageOID.TIME_STAMPING)
        self._stamper = _stamper(stamping)
        self._authorities = {one.label: one for one in (self._root, self.authority, self._other)}
        self.roots = folder / "roots.pem"
        """The root certificate to believe, PEM."""
        self.roots.write_bytes(root.certificate.public_bytes(serialization.Encoding.PEM))

    @property
    def host(self) -> str:
        """Of every service."""
        return "127.0.0.1"

    @property
    def tsa_url(self) -> str:
        """RFC 3161 address."""
        return f"{self.url}/tsa"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def key(self, person: Named, passphrase: str, *, variant: str = "good") -> Path:
        """A PKCS#12 file for somebody.

        Args:
            person: whose name and address go into the certificate.
            passphrase: opens the file.
            variant: ``good``, ``expired``, ``revoked``, ``stranger`` (issued by an authority that is not in ``roots``),
                ``silent`` (names no revocation service) or ``elsewhere`` (names one on a host of its own).
        """
        issuer = self._other if variant == "stranger" else self.authority
        until = self._now - timedelta(days=2) if variant == "expired" else self._now + timedelta(days=730)
        hosts = {"silent": None, "elsewhere": "http://revocation.elsewhere.test"}
        identity = _issue(
            _subject(person.name, person.email),
            issuer.identity,
            self._now,
            until=until,
            extensions=[
                *_for_person(person.email),
                *_revocation(issuer, hosts.get(variant, self.url), with_ocsp=True),
            ],
        )
        if variant == "revoked":
            issuer.revoked[identity.certificate.serial_number] = self._now - timedelta(days=1)
        return self._pkcs12(identity, issuer, person.name, passphrase)

    def revoke(self, certificate: x509.Certificate, since: datetime) -> None:
        """Revoke a certificate of the people's authority from then on."""
        self.authority.revoked[certificate.serial_number] = since

    def move_to(self, moment: datetime, *, years: int = 3) -> None:
        """From now on every service lives at this moment, and stamps with a new certificate that lasts so long."""
        self._moment = self._now = moment
        stamping = self._service(
            self._root, "Demonstration Time-Stamps", ExtendedKeyUsageOID.TIME_STAMPING, years=years
        )
        self._stamper = _stamper(stamping, moment)

    def seal(self, passphrase: str) -> Path:
        """A PKCS#12 file with the institution's seal."""
        identity = _issue(
            _subject(SEAL_NAME),
            self.authority.identity,
            self._now,
            years=2,
            extensions=[*_for_person(""), *_revocation(self.authority, self.url, with_ocsp=True)],
        )
        return self._pkcs12(identity, self.authority, SEAL_NAME, passphrase)

    def answer(self, path: str, body: bytes) -> tuple[str, bytes] | None:
        """Content type and answer of one service; None when there is no such service."""
        self.asked.append(path)
        kind, _, label = path.strip("/").partition("/")
        now = self._moment or datetime.now(tz=UTC)
        if kind == "tsa":
            reply = self._stamper.request_tsa_response(tsp.TimeStampReq.load(body))
            return "application/timestamp-reply", reply.dump()
        authority = self._authorities.get(label)
        if authority and kind == "ocsp":
            return "application/ocsp-response", authority.ocsp(body, now)
        if authority and kind == "crl":
            return "application/pkix-crl", authority.crl(now)
        return None

    def _subordinate(self, label: str, name: str) -> Authority:
        extensions = [*_for_authority(path_length=0), *_revocation(self._root, self.url, with_ocsp=False)]
        identity = _issue(_subject(name), self._root.identity, self._now, years=12, extensions=extensions)
        authority = Authority(label, identity, (identity.certificate,), self.url)
        authority.responder = self._service(authority, f"{name} OCSP", ExtendedKeyUsageOID.OCSP_SIGNING)
        return authority

    def _service(self, issuer: Authority, name: str, purpose: x509.ObjectIdentifier, *, years: int = 12) -> Identity:
        extensions: list[tuple[x509.ExtensionType, bool]] = [
            (key_usage("digital_signature"), True),
            (x509.ExtendedKeyUsage([purpose]), True),
        ]
        if purpose == ExtendedKeyUsageOID.OCSP_SIGNING:
            extensions.append((x509.OCSPNoCheck(), False))
        else:
            extensions += _revocation(issuer, self.url, with_ocsp=False)
        return _issue(_subject(name), issuer.identity, self._now, years=years, extensions=extensions)

    def _pkcs12(self, identity: Identity, issuer: Authority, name: str, passphrase: str) -> Path:
        self._files += 1
        path = self._folder / f"{self._files:03d}-{'-'.join(name.lower().split())}.p12"
        encryption = serialization.BestAvailableEncryption(passphrase.encode())
        path.write_bytes(
            pkcs12.serialize_key_and_certificates(
                name.encode(), identity.key, identity.certificate, issuer.chain, encryption
            )
        )
        return path


def _issue(
    subject: x509.Name,
    issuer: Identity | None,
    now: datetime,
    *,
    years: int = 0,
    until: datetime | None = None,
    extensions: list[tuple[x509.ExtensionType, bool]],
) -> Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(until or now + timedelta(days=365 * years))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if issuer:
        builder = builder.add_extension(_authority_key(issuer), critical=False)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return Identity(key, builder.sign(issuer.key if issuer else key, hashes.SHA256()))


def _subject(name: str, email: str = "") -> x509.Name:
    parts = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Demonstration only"),
        x509.NameAttribute(NameOID.COMMON_NAME, name),
    ]
    if email:
        parts.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, email.partition("@")[0]))
    return x509.Name(parts)


def _authority_key(issuer: Identity) -> x509.AuthorityKeyIdentifier:
    public = issuer.certificate.public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise TypeError(type(public).__name__)
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(public)


def key_usage(*uses: str) -> x509.KeyUsage:
    """What a key may be used for, and nothing else."""
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: name in uses for name in names})


def _for_authority(*, path_length: int) -> list[tuple[x509.ExtensionType, bool]]:
    return [
        (x509.BasicConstraints(ca=True, path_length=path_length), True),
        (key_usage("key_cert_sign", "crl_sign"), True),
    ]


def _for_person(email: str) -> list[tuple[x509.ExtensionType, bool]]:
    extensions: list[tuple[x509.ExtensionType, bool]] = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (key_usage("digital_signature", "content_commitment"), True),
    ]
    if email:
        extensions.append((x509.SubjectAlternativeName([x509.RFC822Name(email)]), False))
    return extensions


def _revocation(issuer: Authority, url: str | None, *, with_ocsp: bool) -> list[tuple[x509.ExtensionType, bool]]:
    if url is None:
        return []
    place = x509.UniformResourceIdentifier(f"{url}/crl/{issuer.label}")
    point = x509.DistributionPoint(full_name=[place], relative_name=None, reasons=None, crl_issuer=None)
    extensions: list[tuple[x509.ExtensionType, bool]] = [(x509.CRLDistributionPoints([point]), False)]
    if with_ocsp:
        access = x509.AccessDescription(
            AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(f"{url}/ocsp/{issuer.label}")
        )
        extensions.append((x509.AuthorityInformationAccess([access]), False))
    return extensions


def _stamper(identity: Identity, moment: datetime | None = None) -> TimeStamper:
    """With a moment, its clock stands still."""
    key = identity.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    certificate = identity.certificate.public_bytes(serialization.Encoding.DER)
    return TimeStamper(
        tsa_cert=asn1_x509.Certificate.load(certificate),
        tsa_key=asn1_keys.PrivateKeyInfo.load(key),
        fixed_dt=moment.replace(microsecond=0) if moment else None,
    )


def _handler(pki: TestPki) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """One request of one service."""

        def do_GET(self) -> None:
            """Answer with a list."""
            self._reply(b"")

        def do_POST(self) -> None:
            """Answer a question."""
            self._reply(self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name http.server asks for
            """Say nothing: a demonstration prints its own words."""

        def _reply(self, body: bytes) -> None:
            answer = None if pki.is_down else pki.answer(self.path, body)
            if answer is None:
                self.send_error(503 if pki.is_down else 404)
                return
            kind, data = answer
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    return Handler
