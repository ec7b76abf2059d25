"""A private key that is held in memory, and signs again and again.

What is the same in every signature of a key is made ready when it is loaded: the library would take the key apart for
each signature, and write the reference to its certificate anew, several times over. Of what is signed, nothing is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from asn1crypto import cms, tsp, x509
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from pyhanko.sign.attributes import CMSAttributeProvider, SigningCertificateV2Provider
from pyhanko.sign.general import as_signing_certificate_v2
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore
from pyhanko_certvalidator.util import get_pyca_cryptography_hash

__all__ = ["HeldKey", "Private"]

Private = RSAPrivateKey | EllipticCurvePrivateKey
"""The kinds that are accepted."""


class _Reference(CMSAttributeProvider):
    """Which certificate a signature belongs to (ESS signing-certificate-v2, RFC 5035)."""

    attribute_type = "signing_certificate_v2"

    def __init__(self, certificate: x509.Certificate) -> None:
        self._encoded: bytes = as_signing_certificate_v2(certificate).dump()

    async def build_attr_value(self, dry_run: bool = False) -> tsp.SigningCertificateV2:  # noqa: ARG002, FBT001, FBT002 - as overridden
        """Taken from its encoding, which need not be made again; each signature has an object of its own."""
        return tsp.SigningCertificateV2.load(self._encoded)


class HeldKey(Signer):
    """Signs with RSA (PKCS#1 v1.5) or ECDSA; several threads may use it at the same time."""

    def __init__(self, private: Private, certificate: x509.Certificate, others: Sequence[x509.Certificate]) -> None:
        """Hold a key with its certificate and those above it; roots are not put into signatures."""
        super().__init__(
            signing_cert=certificate, cert_registry=SimpleCertificateStore.from_certs(others), embed_roots=False
        )
        for one in (certificate, *others):
            one.native  # noqa: B018 - read whole now: later, two threads would do so at the same time
        self._private = private
        self._reference = _Reference(certificate)

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: ARG002, FBT001, FBT002 - as overridden
        """The signature value."""
        digest = get_pyca_cryptography_hash(digest_algorithm)
        if isinstance(self._private, RSAPrivateKey):
            return self._private.sign(data, PKCS1v15(), digest)
        return self._private.sign(data, ECDSA(digest))

    async def signed_attrs(self, *args: Any, **settings: Any) -> cms.CMSAttributes:
        """As the library's, from their encoding: it encodes anew whatever was put together, wherever it puts it."""
        attributes = await super().signed_attrs(*args, **settings)
        return cms.CMSAttributes.load(attributes.dump())

    def _signed_attr_providers(self, *args: Any, **settings: Any) -> Iterator[CMSAttributeProvider]:
        for provider in super()._signed_attr_providers(*args, **settings):
            yield self._reference if isinstance(provider, SigningCertificateV2Provider) else provider
