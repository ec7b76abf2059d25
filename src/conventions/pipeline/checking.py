"""Every finding of one dossier, and what comes of comparing dossiers; a dossier with an error goes no further."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from conventions import rules
from conventions.errors import DossierError
from conventions.intake import Source
from conventions.model.finding import Finding, Severity
from conventions.settings import Settings
from conventions.text import Text, counted

__all__ = ["check", "compare", "first_agreed", "require_sound"]


def check(source: Source, settings: Settings, on: date, *, signed_on: date | None = None) -> tuple[Finding, ...]:
    """Every finding of every rule on one dossier, each with its ``file:line``.

    Args:
        source: the dossier.
        settings: of its department.
        on: the day of the judgement.
        signed_on: day of the last signature of its agreement; None until all have signed.
    """
    findings = rules.check(
        source.dossier,
        institution=settings.institution,
        programme=settings.programme,
        profile=settings.rules,
        on=on,
        circuit=settings.circuit.circuit,
        officials=settings.people.by_role,
        signed_on=signed_on,
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
    source: Source, settings: Settings, on: date, *, also: tuple[Finding, ...] = (), signed_on: date | None = None
) -> tuple[Finding, ...]:
    """The findings of a dossier that may be produced, and those that were found elsewhere (:func:`compare`).

    Days as for :func:`check`.

    Raises:
        DossierError: at least one finding is an error; it carries all of them.
    """
    findings = check(source, settings, on, signed_on=signed_on)
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
