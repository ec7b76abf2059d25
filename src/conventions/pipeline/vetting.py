"""Templates are looked over before they are used: one that has an error makes no paper.

Looking one over takes longer than making a paper. Those that came with the package were looked over before.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Final

from conventions import forms, press
from conventions.documents import FRENCH, Campaign, Case, document_type
from conventions.documents.mentions import MENTIONS
from conventions.errors import DossierError, TemplateError
from conventions.languages import Language
from conventions.model.finding import Finding, Position, Severity
from conventions.model.roles import ROLE_LABELS
from conventions.pipeline.orders import CampaignOrder, Order
from conventions.pipeline.specimens import cases, sheet_of, vocabulary
from conventions.text import Text, counted

__all__ = ["believe", "found_sound", "templates_of", "vet"]

_FOUND_SOUND: Final[set[str]] = set()

_AGREEMENT: Final = "convention"
"""The document that art. D124-4 asks its fifteen mentions of."""


def templates_of(
    order: Order | CampaignOrder, case: Case | Campaign, own_templates: Path | None, *, only: str = ""
) -> tuple[press.Template, ...]:
    """The templates of a paper, in order; ``only`` those of one key, if it is given.

    Raises:
        DossierError: the paper has no such template (PREVIEW-03).
        TemplateError: one is missing, may not be used, or has errors (TEMPLATE-08): it carries all their findings.
    """
    sheets = [sheet for sheet in document_type(order.document).sheets(case) if only in {"", sheet[0]}]
    if not sheets:
        raise DossierError(
            "PREVIEW-03",
            Text("the paper of {number} has no {key}", number=order.number, key=only),
            Text("choose another dossier, or none: then the specimen is shown"),
        )
    return tuple(_sound(press.find(key, code, own_templates), own_templates) for key, _, code in sheets)


def found_sound() -> frozenset[str]:
    """Marks of the templates that this process knows to be without errors."""
    return frozenset(_FOUND_SOUND)


def believe(marks: Collection[str]) -> None:
    """Do not look over again, in this process, what another has found sound."""
    _FOUND_SOUND.update(marks)


def _sound(template: press.Template, own: Path | None) -> press.Template:
    other = _counterpart(template, own)
    mark = _mark(template, other)
    if mark in _FOUND_SOUND or _came_so(template, other):
        return template
    findings = vet(template, own)
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if not errors:
        _FOUND_SOUND.add(mark)
        return template
    raise TemplateError(
        "TEMPLATE-08",
        counted(
            "one thing to correct in the template {file}",
            "{n} things to correct in the template {file}",
            n=len(errors),
            file=template.path.name,
        ),
        Text(
            "correct it in Word or LibreOffice Writer, then look again: {command}",
            command=f"conventions templates lint {template.document} --language {template.language}",
        ),
        place=str(template.path),
        findings=findings,
    )


def _came_so(template: press.Template, other: press.Template | None) -> bool:
    """It was looked over before it was shipped, beside the same French text."""
    return press.is_as_shipped(template) and (other is None or press.is_as_shipped(other))


def vet(template: press.Template, own_templates: Path | None) -> tuple[Finding, ...]:
    """Every finding on a template, whatever it holds; looked for once for each content of the file.

    Args:
        template: as :func:`conventions.press.take` or :func:`conventions.press.find` has it.
        own_templates: the workspace's folder, if there is one: the French text there is what others must agree with.
    """
    return _vetted(template, _counterpart(template, own_templates))


def _mark(template: press.Template, other: press.Template | None) -> str:
    """All that a finding depends on: the text, what it is used for, and the text that it must agree with."""
    return " ".join((template.document, template.language, template.digest, other.digest if other else ""))


@lru_cache(maxsize=256)
def _vetted(template: press.Template, other: press.Template | None) -> tuple[Finding, ...]:
    try:
        standard = _standard(template.document, template.language)
    except KeyError:
        return (_useless(template),)
    return press.lint(template, standard, other)


def _counterpart(template: press.Template, own: Path | None) -> press.Template | None:
    """The French text; for a department's own French text, the shipped one."""
    if template.language == FRENCH and press.is_as_shipped(template):
        return None
    with suppress(TemplateError):
        folder = None if template.language == FRENCH else own
        other = press.take(template.document, FRENCH, folder)
        return None if other.path == template.path else other
    return None


@lru_cache(maxsize=64)
def _standard(key: str, code: str) -> press.Standard:
    kind, context = sheet_of(key)
    if key != kind.key:
        return press.Standard(vocabulary(key))
    case = next(case for case in cases(key, (code,)) if not any(kind.lacks(case)))
    language = Language(code)
    fields = kind.fields(case, language) if kind.fields else ()
    return press.Standard(
        vocabulary(key),
        roles=tuple(ROLE_LABELS) if kind.signers is None else kind.signers,
        places=tuple(place for field in fields for place in forms.places_of(field)),
        sample=context(case, language) if fields else {},
        mentions=MENTIONS if key == _AGREEMENT else (),
    )


def _useless(template: press.Template) -> Finding:
    return Finding(
        "LINT-29",
        Severity.WARNING,
        Text("there is no document “{key}”: this template is never used", key=template.document),
        Text("give the file the name of a document; `conventions templates list` shows them"),
        position=Position(str(template.path)),
    )
