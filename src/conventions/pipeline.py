"""The sentence, without memory: read, check, produce, prepare, sign, seal, verify.

Each stage takes the value of the one before and returns the next; nothing here remembers, prints or reads the clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from conventions import __version__, forms, press, rules, signing, store
from conventions.circuit import assert_turn, circuit_of, signatories
from conventions.documents import DOCUMENTS
from conventions.errors import ConventionsError, DossierError, ForeignPaper
from conventions.intake import Source, read
from conventions.languages import Language
from conventions.model.canonical import agreed_digest
from conventions.model.dossier import Dossier
from conventions.model.finding import Finding, Severity
from conventions.model.paper import Origin, Pdf, Prepared, Sealed
from conventions.model.roles import ROLE_LABELS, Circuit
from conventions.settings import Settings
from conventions.text import Text, counted

__all__ = [
    "Order",
    "Services",
    "archive",
    "check",
    "compare",
    "first_agreed",
    "prepare",
    "produce",
    "read",
    "require_sound",
    "seal",
    "sign",
    "sign_file",
]


@dataclass(frozen=True)
class Order:
    """One paper to be made: a dossier that was read, and which version of which document."""

    source: Source
    document: str = "convention"
    version: int = 1


@dataclass(frozen=True)
class Services:
    """What signing leans on: whom to believe, who tells the time."""

    trust: signing.Trust
    timestamper: signing.Timestamper | None = None


def check(source: Source, settings: Settings, on: date) -> tuple[Finding, ...]:
    """Every finding of every rule on one dossier, each with its ``file:line``."""
    findings = rules.check(
        source.dossier,
        institution=settings.institution,
        programme=settings.programme,
        profile=settings.rules,
        on=on,
        circuit=settings.circuit.circuit,
        officials=settings.people.by_role,
    )
    return tuple(source.locate(finding) for finding in findings)


def compare(sources: Sequence[Source], settings: Settings) -> tuple[tuple[Finding, ...], ...]:
    """What comes of comparing dossiers with one another: the findings of each, each with its ``file:line``."""
    found = rules.compare(
        tuple(source.dossier for source in sources),
        files=tuple(source.file for source in sources),
        profile=settings.rules,
        coordinator=settings.people.coordinator,
    )
    return tuple(
        tuple(source.locate(finding) for finding in findings) for source, findings in zip(sources, found, strict=True)
    )


def first_agreed(source: Source) -> Source:
    """The dossier as the agreement itself states it: what was amended since is in other papers."""
    return replace(source, dossier=source.dossier.model_copy(update={"amendments": ()}))


def require_sound(
    source: Source, settings: Settings, on: date, *, also: tuple[Finding, ...] = ()
) -> tuple[Finding, ...]:
    """The findings of a dossier that may be produced, and those that were found elsewhere (:func:`compare`).

    Raises:
        DossierError: at least one finding is an error; it carries all of them.
    """
    findings = check(source, settings, on)
    if also:
        findings = rules.in_order((*findings, *also))
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors:
        raise DossierError(
            "CHECK-01",
            counted(
                "one thing to correct in dossier {number}",
                "{n} things to correct in dossier {number}",
                n=len(errors),
                number=source.dossier.number,
            ),
            Text("correct them; `conventions explain CODE` cites the text behind a code"),
            place=source.file,
            findings=findings,
        )
    return findings


def digest_of(dossier: Dossier, settings: Settings) -> str:
    """Digest of everything that the paper of this dossier would print."""
    officials = settings.people.by_role.values()
    return agreed_digest(dossier, settings.institution, settings.programme, *officials)


def origin_of(order: Order, settings: Settings, own_templates: Path | None) -> Origin:
    """What the paper of this order will say of itself; equal origins make equal papers.

    Raises:
        TemplateError: there is no usable template.
    """
    dossier = order.source.dossier
    template = press.find(order.document, dossier.language, own_templates)
    return Origin(
        document=order.document,
        number=dossier.number,
        version=order.version,
        language=dossier.language,
        dossier_digest=digest_of(dossier, settings),
        template_digest=template.digest,
        program=f"conventions {__version__}",
    )


def produce(
    orders: Sequence[Order], settings: Settings, *, own_templates: Path | None, now: datetime
) -> Iterator[tuple[Order, Pdf | ConventionsError]]:
    """Render, convert and freeze many papers; each arrives as soon as it is ready, in no fixed order.

    A paper that fails yields its error instead; the others go on.
    """
    waiting: dict[str, tuple[Order, Origin, str]] = {}
    rendered: list[tuple[str, bytes]] = []
    for order in orders:
        name = f"{order.source.dossier.number}-{order.document}-v{order.version}"
        try:
            origin, title, docx = _render(order, settings, own_templates, now)
        except ConventionsError as error:
            yield order, error
            continue
        waiting[name] = (order, origin, title)
        rendered.append((name, docx))
    for name, outcome in press.convert(
        rendered, soffice=settings.converter.soffice or None, workers=settings.converter.workers or None
    ):
        order, origin, title = waiting[name]
        yield order, _frozen(outcome, origin, title, now)


def _frozen(outcome: bytes | ConventionsError, origin: Origin, title: str, now: datetime) -> Pdf | ConventionsError:
    if isinstance(outcome, ConventionsError):
        return outcome
    try:
        return Pdf(origin, forms.freeze(outcome, origin, title=title, now=now))
    except ConventionsError as error:
        return error


def _render(order: Order, settings: Settings, own_templates: Path | None, now: datetime) -> tuple[Origin, str, bytes]:
    dossier = order.source.dossier
    language = Language(dossier.language)
    document = DOCUMENTS[order.document]
    circuit = circuit_of(dossier, settings.circuit.circuit)
    origin = origin_of(order, settings, own_templates)
    context = document.context(
        dossier,
        institution=settings.institution,
        programme=settings.programme,
        officials=settings.people.by_role,
        signatories=signatories(dossier, circuit, settings.people.by_role, house_language=settings.language),
        profile=settings.rules,
        digest=origin.dossier_digest,
        version=order.version,
        on=now.date(),
        language=language,
    )
    template = press.find(order.document, dossier.language, own_templates)
    title = f"{language.say(document.title)} {dossier.number}"
    docx = press.render(template, context, language, title=title, author=settings.institution.name, now=now)
    return origin, title, docx


def prepare(
    pdf: Pdf, circuit: Circuit, *, seal: signing.Key, services: Services, institution: str, now: datetime
) -> Prepared:
    """Place every signature field at its anchor and certify with the institution's seal.

    Raises:
        TemplateError: an anchor is missing, doubled or off the page.
        ServiceError: a time-stamp was asked for and none came.
    """
    language = Language(pdf.origin.language)
    data = signing.prepare(
        pdf.data,
        boxes=forms.anchors(pdf.data, circuit.roles),
        circuit=circuit,
        labels={role: language.say(_label(role)) for role in circuit.roles},
        seal=seal,
        timestamper=services.timestamper,
        now=now,
        reason=language.say(Text("issued by {institution}", institution=institution)),
    )
    return Prepared(pdf.origin, data)


def _label(role: str) -> Text:
    return Text("signature of the {role}", role=ROLE_LABELS[role])


def sign(
    paper: Prepared,
    role: str,
    *,
    key: signing.Key,
    timestamper: signing.Timestamper | None = None,
    place: str = "",
    now: datetime,
) -> Prepared:
    """Sign in the role's field with a visible stamp in the paper's language. Whose turn it is was asked before.

    Raises:
        KeyUnreadable: the certificate has expired or its algorithm is not accepted.
        ServiceError: a time-stamp was asked for and none came.
    """
    language = Language(paper.origin.language)
    stamp = signing.Stamp(
        (
            key.certificate_name,
            language.say(ROLE_LABELS[role]),
            language.instant(now),
            language.say(Text("electronic signature")),
        )
    )
    data = signing.sign(
        paper.data,
        role=role,
        key=key,
        stamp=stamp,
        timestamper=timestamper,
        now=now,
        reason=language.say(Text("I have read and accept agreement {number}", number=paper.origin.number)),
        location=place,
    )
    return Prepared(paper.origin, data)


def sign_file(data: bytes, role: str, *, key: signing.Key, now: datetime) -> Prepared:
    """Sign a paper that came by mail, without a workspace: its own fields say whose turn it is.

    Raises:
        ForeignPaper: not a readable PDF (PDF-01), not one of our papers (PDF-02, PDF-04).
        OutOfTurn: unknown role, already signed, or somebody else's turn.
        KeyUnreadable: as :func:`sign`.
    """
    origin = forms.origin(data)
    if origin is None:
        raise ForeignPaper(
            "PDF-02",
            Text("this PDF is not one of our papers: it does not say which agreement it is"),
            Text("sign the very file that came by mail, not a print or a copy of it"),
        )
    assert_turn(signing.circuit_of_paper(data), signing.signed_roles(data), role)
    return sign(Prepared(origin, data), role, key=key, now=now)


def seal(paper: Prepared, services: Services, now: datetime) -> Sealed:
    """Close a complete paper: validation data for every signature, then a document timestamp (PAdES-B-LTA).

    Raises:
        ServiceError: revocation data or the time-stamp cannot be had; the paper stays as it is.
    """
    data = signing.seal(paper.data, trust=services.trust, timestamper=services.timestamper, now=now)
    return Sealed(paper.origin, data)


def archive(sealed: Sealed, *, root: Path, year: str, journal: bytes, services: Services) -> store.Receipt:
    """Put a sealed paper into the archive, with its journal and the roots that it is verified by.

    Args:
        sealed: the paper.
        root: folder of the archive.
        year: academic year, such as 2026-2027.
        journal: what happened to the paper, JSON.
        services: whose trust it was sealed under.

    Raises:
        NeverOverwrite: other files are kept under that number (ARCHIVE-01), or what is kept is damaged (ARCHIVE-03).
        DiskError: the archive cannot be written.
    """
    origin = sealed.origin
    facts = {
        name: getattr(origin, name) for name in ("number", "document", "version", "dossier_digest", "template_digest")
    }
    return store.archive.store(
        root,
        year,
        origin.number,
        origin.document,
        origin.version,
        files={
            f"{origin.document}.pdf": sealed.data,
            "journal.json": journal,
            "roots.pem": services.trust.roots_pem(),
        },
        facts={**facts, "academic_year": year, "signed_by": list(signing.signed_roles(sealed.data))},
    )
