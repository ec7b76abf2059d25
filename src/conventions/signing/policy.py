"""What may change in a paper after a signature, and which signatures count at all."""

from __future__ import annotations

from typing import Final

from asn1crypto import cms, x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
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
    XrefStreamRule,
)
from pyhanko.sign.diff_analysis.constants import VALUE_UPDATE_KEYS
from pyhanko.sign.validation.settings import KeyUsageConstraints

from conventions.signing.certificates import accepted_key
from conventions.signing.leftovers import EmptyAppearanceRule

__all__ = ["CHANGES", "SIGNING_USE", "SUBFILTERS", "is_accepted_algorithm"]

CHANGES: Final = StandardDiffPolicy(
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
    """SHA-2 with RSA of 2048 bits or more, or with a NIST curve (ETSI TS 119 312)."""
    if signer["digest_algorithm"]["algorithm"].native not in _DIGESTS:
        return False
    if signer["signature_algorithm"].signature_algo not in _SIGNATURES:
        return False
    try:
        return accepted_key(serialization.load_der_public_key(certificate.public_key.dump()))
    except (ValueError, UnsupportedAlgorithm):
        return False
