"""Genuine papers at every stage of the circuit, everybody's keys, and the pens that forgers use."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import docx
from asn1crypto import cms
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from docx.oxml.ns import qn
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata
from pyhanko.sign.timestamps.aiohttp_client import HTTPTimeStamper

from conventions import forms, pipeline, press, signing
from conventions.errors import Refused
from conventions.model.paper import Origin, Pdf, Prepared
from conventions.model.roles import Circuit, Signatory
from conventions.pipeline import vetting
from conventions.settings import load
from conventions.signers import circuit_of, signatories
from conventions.signing.writing import Appending, ClockedSigner, opened
from demo.pki import Authority, TestPki
from tests.builders import EXAMPLES
from tests.certificates import PASSPHRASE, a_certificate, key_of

ROOM: Final = re.compile(rb"/Contents\s*<([0-9a-fA-F]+)>")
"""Where a signature lies in a file, as hexadecimal digits; the last signature is the last one of these."""
ROLES: Final = ("student", "company", "coordinator", "dean")
UNSTAMPED: Final = "dean"
"""The role whose signature has no timestamp of its own; reception added one."""
PAPERS: Final = ("first", "corrected", "other")
"""One dossier's paper, its second version, and another dossier's paper."""

_SETTINGS: Final = load(EXAMPLES).settings
_SOURCE: Final = pipeline.read(EXAMPLES / "dossiers" / "2026-0001-lille-startup.yaml")
_OTHER: Final = pipeline.read(EXAMPLES / "dossiers" / "2026-0002-rennes-metropole.yaml")


def the_clock() -> datetime:
    """The real one: the services of the test authority live by it."""
    return datetime.now(UTC)  # noqa: TID251


def a_short_template(folder: Path) -> Path:
    """A workspace's own template: the shipped French one without its articles, because every check reads them all."""
    document = docx.Document(str(press.find("convention", "fr").path))
    is_article = False
    for element in [*document.element.body]:
        words = "".join(piece.text or "" for piece in element.iter(qn("w:t")))
        is_article = words == "Les articles" or (is_article and "signs_here" not in words and words != "Signatures")
        if is_article:
            document.element.body.remove(element)
    path = folder / "fr" / "convention.docx"
    path.parent.mkdir()
    document.save(str(path))
    return folder


def frozen_papers(folder: Path) -> dict[str, bytes]:
    """The short template, filled, converted by LibreOffice and frozen.

    The program would refuse to use it, for it lacks what the law asks for; no check of a signature asks for that.
    """
    own = a_short_template(folder)
    orders = {
        "first": pipeline.Order(_SOURCE),
        "corrected": pipeline.Order(_SOURCE, version=2),
        "other": pipeline.Order(_OTHER),
    }
    papers = {}
    with patch.object(vetting, "vet", lambda *_: ()):
        for order, outcome in pipeline.produce([*orders.values()], _SETTINGS, own_templates=own, now=the_clock()):
            assert isinstance(outcome, Pdf), outcome
            papers[next(name for name in PAPERS if orders[name] is order)] = outcome.data
    return papers


class Bench:
    """The papers, the people who sign them, and the authority that knows these people."""

    def __init__(self, pki: TestPki, papers: dict[str, bytes]) -> None:
        self.began = the_clock()
        self.pki = pki
        self.papers = papers
        self.circuit: Circuit = circuit_of(_SOURCE.dossier, _SETTINGS.circuit.circuit)
        people = signatories(_SOURCE.dossier, self.circuit, _SETTINGS.people.by_role)
        self.people = {person.role: person for person in people}
        self.trust = signing.load_trust([pki.roots], hosts=[pki.host])
        self.offline = signing.load_trust([pki.roots])
        self.timestamper = signing.Timestamper([pki.tsa_url])
        self.services = pipeline.Services(self.trust, self.timestamper)
        self.seal_key = signing.load_key(pki.seal(PASSPHRASE), PASSPHRASE.encode())
        self._keys: dict[tuple[str, str], signing.Key] = {}

    @cached_property
    def origin(self) -> Origin:
        """Of the paper that is signed."""
        origin = forms.origin(self.papers["first"])
        assert origin
        return origin

    @cached_property
    def stages(self) -> dict[str, bytes]:
        """The paper as issued, and as it was kept after each role."""
        data = self.issued()
        stages = {"issued": data}
        for role in ROLES:
            data = self.signed(data, role, is_stamped=role != UNSTAMPED)
            if role == UNSTAMPED:
                data = signing.timestamp(data, self.timestamper)
            stages[role] = data
        return stages

    @cached_property
    def sealed(self) -> bytes:
        """The complete paper, closed."""
        return pipeline.seal(Prepared(self.origin, self.stages["dean"]), self.services, the_clock()).data

    def issued(self, name: str = "first", *, circuit: Circuit | None = None) -> bytes:
        """A paper with its fields and the institution's seal."""
        origin = forms.origin(self.papers[name])
        assert origin
        paper = pipeline.prepare(
            Pdf(origin, self.papers[name]),
            circuit or self.circuit,
            seal=self.seal_key,
            services=self.services,
            institution="Université d'Exemple-Nord",
            now=the_clock(),
        )
        return paper.data

    def key(self, role: str, variant: str = "good") -> signing.Key:
        """Of the person in that role; made once."""
        if (role, variant) not in self._keys:
            file = self.pki.key(self.people[role], PASSPHRASE, variant=variant)
            self._keys[role, variant] = signing.load_key(file, PASSPHRASE.encode())
        return self._keys[role, variant]

    def made_key(
        self,
        private: CertificateIssuerPrivateKeyTypes,
        role: str = "coordinator",
        *,
        issuer: Authority | None = None,
        **certificate: Any,
    ) -> signing.Key:
        """A key for the person in a role, made to measure; nobody has asked whether it is any good."""
        issuer = issuer or self.pki.authority
        person = self.people[role]
        asked = {"name": person.name, "emails": [person.email], "now": the_clock(), **certificate}
        return key_of(private, a_certificate(private, issuer=issuer, **asked), *issuer.chain)

    def signed(
        self,
        data: bytes,
        role: str,
        *,
        key: signing.Key | None = None,
        is_stamped: bool = True,
        now: datetime | None = None,
    ) -> bytes:
        """Signed with our own program, whoever's turn it is."""
        paper = pipeline.sign(
            Prepared(self.origin, data),
            role,
            key=key or self.key(role),
            timestamper=self.timestamper if is_stamped else None,
            place="Lille",
            now=now or the_clock(),
        )
        return paper.data

    def countersigned(
        self,
        paper: bytes | IncrementalPdfFileWriter,
        role: str,
        *,
        key: signing.Key | None = None,
        is_stamped: bool = False,
        now: datetime | None = None,
        is_new_field: bool = False,
        **metadata: Any,
    ) -> bytes:
        """Signed with the plain library, which asks nobody, into whatever a writer holds already."""
        asked = {"md_algorithm": "sha256", "subfilter": SigSeedSubFilter.PADES, **metadata}
        signer = ClockedSigner(
            PdfSignatureMetadata(field_name=role, **asked),
            (key or self.key(role)).signer,
            timestamper=HTTPTimeStamper(self.pki.tsa_url) if is_stamped else None,
            now=now or the_clock(),
        )
        output = BytesIO()
        writer = pen(paper) if isinstance(paper, bytes) else paper
        signer.sign_pdf(writer, existing_fields_only=not is_new_field, output=output)
        return output.getvalue()

    def locked(
        self,
        data: bytes,
        role: str,
        lock: FieldMDPSpec | None = None,
        permission: MDPPerm | None = None,
    ) -> bytes:
        """Signed by a program that locks as it likes, whatever the field asks for; by default every field."""
        locks = SigMDPSetup(
            md_algorithm="sha256",
            certify=permission is not None,
            field_lock=lock or FieldMDPSpec(FieldMDPAction.ALL),
            docmdp_perms=permission,
        )
        return self._embedded(data, role, locks)

    def without_locks(
        self,
        paper: bytes | IncrementalPdfFileWriter,
        role: str,
        *,
        key: signing.Key | None = None,
        rework: Callable[[cms.SignedData], None] | None = None,
    ) -> bytes:
        """Signed as by poppler: the signature has no /Reference, whatever the lock of its field asks for.

        What a writer has put into the field stays there; ``rework`` may change the signature before it is written.
        """
        return self._embedded(paper, role, None, key, rework)

    def _embedded(
        self,
        paper: bytes | IncrementalPdfFileWriter,
        role: str,
        locks: SigMDPSetup | None,
        key: signing.Key | None = None,
        rework: Callable[[cms.SignedData], None] | None = None,
    ) -> bytes:
        output = BytesIO()
        writer = pen(paper) if isinstance(paper, bytes) else paper
        steps = PdfCMSEmbedder().write_cms(field_name=role, writer=writer)
        next(steps)
        holder = SignatureObject(subfilter=SigSeedSubFilter.PADES, timestamp=the_clock(), bytes_reserved=16_000)
        steps.send(SigObjSetup(sig_placeholder=holder, mdp_setup=locks))
        digest, _ = steps.send(SigIOSetup(md_algorithm="sha256", in_place=False, output=output))
        made = (key or self.key(role)).signer.async_sign(
            digest.document_digest,
            digest_algorithm="sha256",
            use_pades=True,
            signed_attr_settings=PdfCMSSignedAttributes(signing_time=the_clock()),
        )
        signature = asyncio.run(made)
        if rework:
            rework(signature["content"])
        steps.send(signature)
        return output.getvalue()

    def examined(
        self,
        returned: bytes,
        *roles: str,
        sent: bytes | None = None,
        trust: signing.Trust | None = None,
        person: Signatory | None = None,
        circuit: Circuit | None = None,
    ) -> signing.Accepted:
        """What the gate makes of a file, by default of the coordinator's, who got what the company had signed."""
        allowed = {role: person or self.people[role] for role in roles or ("coordinator",)}
        return signing.examine(
            returned,
            sent=self.stages["company"] if sent is None else sent,
            allowed=allowed,
            circuit=circuit or self.circuit,
            trust=trust or self.trust,
            now=the_clock(),
        )

    def refusal(self, returned: bytes, *roles: str, **asked: Any) -> str:
        """The code with which the gate refuses a file; words when it accepts it."""
        try:
            return f"accepted for the {self.examined(returned, *roles, **asked).role}"
        except Refused as refused:
            return refused.code


def pen(data: bytes) -> IncrementalPdfFileWriter:
    """Appends to a file whatever one likes."""
    return IncrementalPdfFileWriter(BytesIO(data))


def quiet_pen(data: bytes) -> IncrementalPdfFileWriter:
    """Appends like our own program: the description of the paper stays unless one replaces it."""
    return Appending(opened(data))


def written(writer: IncrementalPdfFileWriter) -> bytes:
    """What the pen wrote."""
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def field(writer: IncrementalPdfFileWriter, name: str) -> generic.DictionaryObject:
    """A field of the form, to be changed: it is marked as touched."""
    for reference in writer.root["/AcroForm"]["/Fields"]:
        found = reference.get_object()
        if found.raw_get("/T") == name:
            writer.update_container(found)
            assert isinstance(found, generic.DictionaryObject)
            return found
    raise KeyError(name)


def a_signature_field(writer: IncrementalPdfFileWriter, name: str, rectangle: Sequence[float]) -> None:
    """Add an empty signature field to the first page."""
    page = writer.find_page_for_modification(0)[0]
    new = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Widget"),
            pdf_name("/FT"): pdf_name("/Sig"),
            pdf_name("/T"): generic.pdf_string(name),
            pdf_name("/F"): generic.NumberObject(132),
            pdf_name("/Rect"): generic.ArrayObject(generic.FloatObject(value) for value in rectangle),
            pdf_name("/P"): page,
        }
    )
    reference = writer.add_object(new)
    fields = writer.root["/AcroForm"]["/Fields"]
    fields.append(reference)
    writer.update_container(fields)
    annotate(writer, reference)


def annotate(writer: IncrementalPdfFileWriter, reference: generic.IndirectObject) -> None:
    """Put an annotation on the first page."""
    page = writer.find_page_for_modification(0)[0].get_object()
    if "/Annots" in page:
        page["/Annots"].append(reference)
        writer.update_container(page["/Annots"])
    else:
        page[pdf_name("/Annots")] = generic.ArrayObject([reference])
        writer.update_container(page)
