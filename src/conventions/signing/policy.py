"""What may change in a paper after a signature, and which signatures count at all."""

from __future__ import annotations

from typing import Final

from asn1crypto import cms, x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DiffResult,
    DocInfoRule,
    DSSCompareRule,
    FormUpdatingRule,
    GenericFieldModificationRule,
    MetadataUpdateRule,
    ModificationLevel,
    ObjectStreamRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    SuspiciousModification,
    XrefStreamRule,
)
from pyhanko.sign.diff_analysis.constants import VALUE_UPDATE_KEYS
from pyhanko.sign.fields import FieldMDPSpec, MDPPerm
from pyhanko.sign.validation.settings import KeyUsageConstraints

from conventions.signing.certificates import accepted_key
from conventions.signing.leftovers import EmptyAppearanceRule
from conventions.signing.writing import OpenPaper

__all__ = ["CHANGES", "SIGNING_USE", "SUBFILTERS", "is_accepted_algorithm"]


class _OncePerFile(StandardDiffPolicy):
    """Compares what follows a revision once for as long as a file is open: the proof of a sealed paper asks often."""

    def review_file(
        self,
        reader: PdfFileReader,
        base_revision: int | HistoricalResolver,
        field_mdp_spec: FieldMDPSpec | None = None,
        doc_mdp: MDPPerm | None = None,
    ) -> DiffResult | SuspiciousModification:
        """As the library's, from what was found before if it was asked in the same way."""
        if not isinstance(reader, OpenPaper):
            return super().review_file(reader, base_revision, field_mdp_spec, doc_mdp)
        number = base_revision if isinstance(base_revision, int) else base_revision.revision
        locks = field_mdp_spec and (field_mdp_spec.action, tuple(field_mdp_spec.fields or ()))
        asked = (id(self), number, locks, doc_mdp)
        if asked not in reader.findings:
            reader.findings[asked] = super().review_file(reader, base_revision, field_mdp_spec, doc_mdp)
        found: DiffResult | SuspiciousModification = reader.findings[asked]
        return found


CHANGES: Final = _OncePerFile(
    global_rules=[
        CatalogModificationRule(),
        DocInfoRule().as_qualified(ModificationLevel.LTA_UPDATES),
        XrefStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
        ObjectStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
        DSSCompareRule().as_qualified(ModificationLevel.LTA_UPDATES),
        MetadataUpdateRule().as_qualified(ModificationLevel.LTA_UPDATES),
        EmptyAppearanceRule().as_qualified(ModificationLevel.FORM_FILLING),
    ],
    form_rule=FormUpdatingRule(
        field_rules=[
            SigFieldCreationRule(),
            # poppler dates the widget that it fills
            SigFieldModificationRule(value_update_keys=VALUE_UPDATE_KEYS | {"/M"}),
            # with in-place changes the library takes an untouched old appearance for a change once a lock covers it
            GenericFieldModificationRule(allow_in_place_appearance_stream_changes=False),
        ]
    ),
    ignore_orphaned_objects=False,
)
"""Filling in prepared signature fields, validation data and document timestamps; no object that nothing refers to,
unless nothing is in it."""

SIGNING_USE: Final = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)
"""Key usage of a signer: either will do, because issuers differ in which one they put into a signing certificate."""

SUBFILTERS: Final = frozenset({"/ETSI.CAdES.detached", "/adbe.pkcs7.detached"})
_DIGESTS: Final = frozenset({"sha256", "sha384", "sha512"})
_SIGNATURES: Final = frozenset({"rsassa_pkcs1v15", "rsassa_pss", "ecdsa"})


def is_accepted_algorithm(signer: cms.SignerInfo, certificate: x509.Certificate) -> bool:
    """SHA-256, SHA-384 or SHA-512 with RSA of 2048 bits or more, or with a NIST curve.

    ETSI TS 119 312 2.1.1 recommends these digests and curves; of RSA it wants more, see :data:`MINIMUM_RSA`.
    """
    if not {signer["digest_algorithm"]["algorithm"].native, _digest_of_attributes(signer)} <= _DIGESTS:
        return False
    if signer["signature_algorithm"].signature_algo not in _SIGNATURES:
        return False
    try:
        return accepted_key(serialization.load_der_public_key(certificate.public_key.dump()))
    except (ValueError, UnsupportedAlgorithm):
        return False


def _digest_of_attributes(signer: cms.SignerInfo) -> str:
    """What is signed are attributes, one of which is the digest of the paper; they have a digest of their own."""
    try:
        return str(signer["signature_algorithm"].hash_algo)
    except ValueError:  # plain RSA: the digest is the one that is named beside it
        return str(signer["digest_algorithm"]["algorithm"].native)
