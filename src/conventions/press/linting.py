"""Everything that is wrong with a template, told before it is used, with the place where a person finds it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from conventions.errors import TemplateError
from conventions.model.finding import Finding, Severity
from conventions.press.anchors import box_remarks, code_remarks, place_remarks
from conventions.press.comparing import article_remarks, mention_remarks, value_remarks
from conventions.press.fonts import font_remarks
from conventions.press.leftovers import active_content, language_remark, paragraph_remarks
from conventions.press.looks import Looks
from conventions.press.reading import Reading, read_template
from conventions.press.remarks import Remark
from conventions.press.shelf import Template
from conventions.press.source import source_of
from conventions.press.unpacking import Damaged
from conventions.press.vocabulary import Shape
from conventions.text import Text

if TYPE_CHECKING:
    from conventions.documents.mentions import Mention

__all__ = ["Standard", "lint"]

_UNREAD: Final = frozenset({"LINT-01", "LINT-02", "LINT-03", "LINT-04"})
"""Tags that cannot be understood, so that nothing follows from what they lack."""
_LAST: Final = 1_000_000
"""Behind every part and paragraph."""


@dataclass(frozen=True, eq=False)
class Standard:
    """What a document asks of its templates."""

    vocabulary: Shape
    """Every name that they may use."""
    roles: tuple[str, ...] = ()
    """Who needs a signature box."""
    places: tuple[str, ...] = ()
    """Where the form is filled in: ``field:host.name``, ``field:agreed:yes``."""
    sample: Mapping[str, object] = field(default_factory=dict)
    """A context, for the places that a form makes in loops."""
    mentions: tuple[Mention, ...] = ()
    """That the law asks for."""


def lint(template: Template, standard: Standard, other: Template | None = None) -> tuple[Finding, ...]:
    """Every finding on a template, in the order of the document; what concerns the whole comes last.

    Args:
        template: as :func:`conventions.press.take` takes it: whatever it holds.
        standard: of its document.
        other: what it must agree with: the French template; for a French one, the shipped one if that is another.
    """
    try:
        reading = _read(template, standard)
    except Damaged:
        return (_damaged().finding(template.path),)
    remarks = list(_remarks(template, standard, reading))
    if other is not None:
        is_same = other.language == template.language
        with suppress(Damaged):  # that is told of the other template itself
            remarks += _beside(reading, _read(other, standard), standard, remarks, is_same=is_same)
    order = {section.name: rank for rank, section in enumerate(reading.sections)}
    ordered = sorted(remarks, key=lambda remark: _place(remark, order))
    return tuple(dict.fromkeys(remark.finding(template.path) for remark in ordered))


@lru_cache(maxsize=8)
def _read(template: Template, standard: Standard) -> Reading:
    return read_template(template, standard.vocabulary)


def _place(remark: Remark, order: Mapping[str, int]) -> tuple[int, int]:
    if remark.spot is None:
        return _LAST, 0
    return order.get(remark.spot.part, _LAST - 1), remark.spot.rank


def _remarks(template: Template, standard: Standard, reading: Reading) -> Iterator[Remark]:
    yield from reading.remarks
    looks = Looks(reading.package)
    for section in reading.sections:
        yield from paragraph_remarks(reading.package, section.root, section.paragraphs, looks)
    yield from font_remarks(reading.package, [one for section in reading.sections for one in section.paragraphs], looks)
    yield from active_content(reading.package)
    yield from mention_remarks(reading, standard.mentions, standard.vocabulary)
    yield from box_remarks(reading, standard.roles)
    yield from code_remarks(reading, standard.roles)
    yield from place_remarks(reading, template.language, standard.places, standard.sample)
    if spoken := language_remark(template.language, looks):
        yield spoken
    if not any(remark.code in _UNREAD for remark in reading.remarks):
        yield from _uncompiled(template)


def _uncompiled(template: Template) -> Iterator[Remark]:
    """What nobody thought of: the template is taken apart as it will be when it is filled."""
    try:
        source_of(template, template.language)
    except TemplateError as error:
        yield Remark("LINT-03", error.message, error.fix)


def _beside(
    reading: Reading, other: Reading, standard: Standard, told: Sequence[Remark], *, is_same: bool
) -> Iterator[Remark]:
    """How it differs from the text that it must agree with, as far as that is not told as a missing mention.

    A department may change what the shipped text says; what its own texts say must be the same in every language.
    """
    missing = {mention.article for mention in standard.mentions} - {*reading.articles}
    if is_same:
        found = article_remarks(reading, other, Text("the shipped text"), missing)
        yield from (replace(remark, severity=Severity.WARNING) for remark in found)
        return
    yield from article_remarks(reading, other, Text("the French text"), missing)
    if other.is_understood and not any(remark.code in _UNREAD for remark in told):
        yield from value_remarks(reading, other, {remark.field for remark in told if remark.code == "LINT-07"})


def _damaged() -> Remark:
    return Remark(
        "LINT-26",
        Text("it is not a Word document, or it is damaged"),
        Text("save it again from Word or LibreOffice Writer as .docx, or restore it"),
    )
