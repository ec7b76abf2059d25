"""JUDGEMENT: what can be produced, from which data, signed by whom. One module per document type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

from conventions.documents import (
    abroad_annex,
    amendment,
    attestation,
    campaign_record,
    convention,
    convocation,
    covering_note,
    evaluation,
    evaluation_entrepreneurship,
    evaluation_host,
    evaluation_referent,
    evaluation_student,
    grading_sheet,
    pre_agreement,
    year_overview,
)
from conventions.documents.case import Campaign, Case, Edition, House
from conventions.languages import Language
from conventions.model.finding import Finding
from conventions.text import Text

if TYPE_CHECKING:
    from conventions.model.form import FormField

__all__ = ["DOCUMENTS", "FRENCH", "Annex", "Campaign", "Case", "DocumentType", "Edition", "House", "document_type"]

FRENCH: Final = "fr"
Context = Callable[[Any, Language], dict[str, object]]
"""From a :class:`Case` (or a :class:`Campaign`) to what a template may print in one language."""


def _always(case: Any) -> bool:  # noqa: ARG001
    return True


def _nothing(case: Any) -> Iterable[Finding]:  # noqa: ARG001
    return ()


@dataclass(frozen=True)
class Annex:
    """A template that follows the main text of a paper."""

    key: str
    """Name of its template."""
    context: Context
    wanted: Callable[[Any], bool] = _always
    """Has this paper the annex?"""


@dataclass(frozen=True)
class DocumentType:
    """A kind of paper."""

    key: str
    """Also the name of its template and of its files."""
    title: Text
    context: Context
    """Computes everything that the template may print."""
    annexes: tuple[Annex, ...] = ()
    about: Literal["dossier", "amendment", "campaign"] = "dossier"
    """What one paper is about: a dossier, one of its amendments, or all the dossiers of a year."""
    signers: tuple[str, ...] | None = None
    """Roles that sign it; None: everybody in the circuit."""
    speaks: Literal["dossier", "house"] = "dossier"
    """Whose language it is in."""
    with_french: bool = True
    """Is a text in another language followed by the French one, both authentic? (Act no. 94-665, s. 5)"""
    prints: tuple[str, ...] = ()
    """What it prints of the dossier besides what was agreed first: ``amendments``, ``defence``, ``marks`` …"""
    fields: Callable[[Any, Language], tuple[FormField, ...]] | None = None
    """What is filled in on it, when it is a form."""
    filled_by: str = ""
    """Role that fills it in, when it is a form about a dossier."""
    return_by: Callable[[Any], date] | None = None
    """When it is wanted back."""
    lacks: Callable[[Any], Iterable[Finding]] = _nothing
    """What must be known before it can be made, and is not."""

    @property
    def is_form(self) -> bool:
        """Is it filled in rather than signed?"""
        return self.fields is not None

    @property
    def has_circuit(self) -> bool:
        """Does it go round to be signed or filled in, dossier by dossier?"""
        return bool(self.filled_by) or (self.signers != () and self.about != "campaign")

    def sheets(self, case: Case | Campaign) -> tuple[tuple[str, Context, str], ...]:
        """The templates of one paper, in order: name, context, language."""
        wanted = [(self.key, self.context)]
        wanted += [(annex.key, annex.context) for annex in self.annexes if annex.wanted(case)]
        main, *annexes = wanted
        languages = case.edition.languages
        return tuple((*sheet, code) for sheet in (main, *annexes) for code in languages)


DOCUMENTS: Final[Mapping[str, DocumentType]] = MappingProxyType(
    {
        kind.key: kind
        for kind in (
            DocumentType(
                "convention",
                Text("internship agreement"),
                convention.context,
                annexes=(Annex("abroad_annex", abroad_annex.context, abroad_annex.is_wanted),),
            ),
            DocumentType(
                "amendment",
                Text("amendment to the internship agreement"),
                amendment.context,
                about="amendment",
                prints=("amendments",),
                lacks=amendment.lacks,
            ),
            DocumentType(
                "covering_note",
                Text("covering note for the host's own agreement"),
                covering_note.context,
                signers=(),
                lacks=covering_note.lacks,
            ),
            DocumentType(
                "attestation",
                Text("internship certificate"),
                attestation.context,
                signers=("company",),
                prints=("amendments", "realised"),
                lacks=attestation.lacks,
            ),
            DocumentType(
                "convocation",
                Text("summons to the defence"),
                convocation.context,
                signers=(),
                speaks="house",
                with_french=False,
                prints=("amendments", "defence"),
                lacks=convocation.lacks,
            ),
            DocumentType(
                "grading_sheet",
                Text("grading sheet"),
                grading_sheet.context,
                signers=("coordinator",),
                speaks="house",
                with_french=False,
                prints=("amendments", "marks"),
                lacks=grading_sheet.lacks,
            ),
            DocumentType(
                "campaign_record",
                Text("record of internship grades"),
                campaign_record.context,
                about="campaign",
                signers=("coordinator",),
                speaks="house",
                with_french=False,
                prints=("amendments", "marks"),
                lacks=campaign_record.lacks,
            ),
            DocumentType(
                "year_overview",
                Text("overview of a year"),
                year_overview.context,
                about="campaign",
                signers=(),
                speaks="house",
                with_french=False,
                prints=("amendments", "marks"),
                lacks=year_overview.lacks,
            ),
            DocumentType(
                "evaluation_host",
                Text("evaluation form for the host"),
                evaluation_host.context,
                signers=(),
                with_french=False,
                prints=("amendments", "defence"),
                fields=evaluation_host.fields,
                filled_by="tutor",
                return_by=evaluation.wanted_before_defence,
                lacks=evaluation.needs_host,
            ),
            DocumentType(
                "evaluation_referent",
                Text("evaluation form for the academic supervisor"),
                evaluation_referent.context,
                signers=(),
                speaks="house",
                with_french=False,
                prints=("amendments", "defence"),
                fields=evaluation_referent.fields,
                filled_by="referent",
                return_by=evaluation.wanted_with_defence,
            ),
            DocumentType(
                "evaluation_student",
                Text("evaluation questionnaire for the intern"),
                evaluation_student.context,
                signers=(),
                with_french=False,
                prints=("amendments", "defence"),
                fields=evaluation_student.fields,
                filled_by="student",
                return_by=evaluation_student.wanted_by,
                lacks=evaluation.needs_host,
            ),
            DocumentType(
                "evaluation_entrepreneurship",
                Text("evaluation form for the entrepreneurship supervisor"),
                evaluation_entrepreneurship.context,
                signers=(),
                with_french=False,
                prints=("amendments", "defence"),
                fields=evaluation_entrepreneurship.fields,
                filled_by="tutor",
                return_by=evaluation.wanted_before_defence,
                lacks=evaluation.needs_project,
            ),
            DocumentType(
                "pre_agreement",
                Text("pre-agreement form"),
                pre_agreement.context,
                about="campaign",
                signers=(),
                speaks="house",
                with_french=False,
                fields=pre_agreement.fields,
            ),
        )
    }
)
"""Every document type by its key."""


def document_type(document: str) -> DocumentType:
    """The type of a paper's document: ``amendment-2`` is an ``amendment``. KeyError for what does not exist."""
    key, _, rank = document.partition("-")
    return DOCUMENTS[key if rank.isdecimal() else document]
