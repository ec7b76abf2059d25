"""Filling a template: strict about names and values, deaf to markup in values."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conventions import press
from conventions.errors import TemplateError
from conventions.languages import Language
from conventions.press import Filling, Template
from conventions.text import Text
from tests.builders import a_dossier

NOW = datetime(2026, 2, 16, 10, tzinfo=UTC)
FRENCH = Language("fr")


def a_template(*paragraphs: str | tuple[str, str], footer: str = "") -> Template:
    """A template of paragraphs; a pair is (style, words)."""
    document = docx.Document()
    for paragraph in paragraphs:
        style, words = paragraph if isinstance(paragraph, tuple) else ("Normal", paragraph)
        document.add_paragraph(words, style=style)
    document.sections[0].footer.paragraphs[0].text = footer
    return frozen(document)


def frozen(document: Any) -> Template:
    target = BytesIO()
    document.save(target)
    data = target.getvalue()
    return Template("convention", "fr", Path("convention.docx"), sha256(data).hexdigest(), data)


def filled(template: Template, context: Mapping[str, object], language: Language = FRENCH) -> bytes:
    return press.render(Filling(template, context, language), title="Convention 1", author="Université", now=NOW)


def words_of(data: bytes) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(BytesIO(data)).paragraphs]


def refused(template: Template, context: Mapping[str, object]) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        filled(template, context)
    return caught.value


def test_dates_amounts_and_hours_follow_the_language_of_the_paper() -> None:
    template = a_template("{{ day | date }} {{ sum | money('EUR') }} {{ time | hours }} {{ plain }}")
    context = {"day": date(2026, 5, 1), "sum": Decimal("1234.5"), "time": Decimal("3.5"), "plain": Decimal("1.50")}
    assert words_of(filled(template, context)) == ["1er\u00a0mai\u00a02026 1\u202f234,50\u00a0€ 3\u00a0h\u00a030 1,5"]
    assert words_of(filled(template, context, Language("en"))) == [
        "1\u00a0May\u00a02026 €1,234.50 3\u00a0h\u00a030\u00a0min 1.5"
    ]


def test_sentences_are_said_in_the_language_of_the_paper_and_records_are_read_by_path() -> None:
    template = a_template(
        "{{ greeting }} {{ dossier.host.representative.name }} {{ dossier.placement.skills | length }}"
    )
    context = {"greeting": Text("to {name}", name="you"), "dossier": a_dossier()}
    assert words_of(filled(template, context)) == ["to you Hélène Vasseur 3"]


def test_an_empty_value_is_told_by_its_path_and_its_article() -> None:
    template = a_template(("Heading 2", "Article 6 – Encadrement"), "{{ host.representative.name }}")
    error = refused(template, {"host": {"representative": {"name": ""}}})
    assert error.code == "TEMPLATE-06"
    assert str(error.message) == "“Article 6 – Encadrement” needs host.representative.name, which is empty"
    assert error.findings[0].field == "host.representative.name"


def test_an_absent_group_is_told_by_the_path_that_was_asked_for() -> None:
    error = refused(a_template("{{ abroad.country_sheet }}"), {"abroad": None})
    assert error.findings[0].field == "abroad.country_sheet"


def test_a_filter_does_not_hide_an_empty_value() -> None:
    error = refused(
        a_template("{{ start | date }} {{ sum | money(currency) }}"), {"start": None, "sum": Decimal(1), "currency": ""}
    )
    assert [finding.field for finding in error.findings] == ["start", "currency"]


def test_zero_is_a_value_and_prints() -> None:
    assert words_of(filled(a_template("{{ n }} {{ n | money('EUR') }}"), {"n": Decimal(0)})) == ["0 0,00\u00a0€"]


def test_an_unknown_name_is_told_with_its_article_even_inside_a_condition_that_is_off() -> None:
    template = a_template(
        ("Heading 2", "Article 1"), "fine", ("Heading 2", "Article 2"), "{% if off %}{{ studnet.name }}{% endif %}"
    )
    error = refused(template, {"off": False})
    assert error.code == "TEMPLATE-03"
    assert str(error.message) == "“Article 2” asks for studnet, which does not exist"


def test_an_unknown_member_is_told_by_its_whole_path() -> None:
    error = refused(a_template("{{ dossier.student.nmae }}"), {"dossier": a_dossier()})
    assert (error.code, error.findings[0].field) == ("TEMPLATE-03", "dossier.student.nmae")


def test_an_unknown_member_in_a_condition_is_told_with_its_article() -> None:
    template = a_template(("Heading 2", "Article 4"), "{% if dossier.student.nmae %}x{% endif %}")
    error = refused(template, {"dossier": a_dossier()})
    assert error.code == "TEMPLATE-03"
    assert "Article 4" in str(error.message)


def test_all_findings_are_told_at_once() -> None:
    template = a_template(
        ("Heading 2", "Article 1"), "{{ a }}", ("Heading 2", "Article 2"), "{{ b }} {{ c.d }}", footer="{{ e }}"
    )
    error = refused(template, {"a": "", "b": None, "c": {"d": ""}, "e": ""})
    assert [finding.field for finding in error.findings] == ["a", "b", "c.d", "e"]
    assert "4 placeholders" in str(error.message)


def test_absent_values_are_false_and_empty_lists_do_not_loop() -> None:
    template = a_template("{% if a.b %}yes{% else %}no{% endif %}{% for x in xs %}{{ x }}{% endfor %}")
    assert words_of(filled(template, {"a": None, "xs": ()})) == ["no"]


@pytest.mark.parametrize(
    "value", ["<w:p>&amp;</w:p>", "{{ secret }}", "{% if %}", "a < b && c > d", "]]>", "{_{ x }_}", "\ue0000\ue001"]
)
def test_markup_in_values_comes_out_literally(value: str) -> None:
    assert words_of(filled(a_template("{{ v }}"), {"v": value})) == [value]


@given(st.text(min_size=1, max_size=60))
def test_any_text_comes_out_as_it_is_or_with_replacement_characters(value: str) -> None:
    template = _ONE_VALUE
    (shown,) = words_of(filled(template, {"v": value}))
    assert len(shown) == len(value)
    assert all(
        one == other or other == "\ufffd" or one in "\r\n\t\u2011'" for one, other in zip(value, shown, strict=True)
    )


_ONE_VALUE = a_template("{{ v }}")


def test_control_characters_are_shown_as_replaced_and_never_break_the_paragraph() -> None:
    assert words_of(filled(_ONE_VALUE, {"v": "a\x00b\x07c\x0cd"})) == ["a\ufffdb\ufffdc\ufffdd"]


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("Université d'Exemple, Villeneuve-d'Ascq", "Université d’Exemple, Villeneuve-d’Ascq"),
        ("o'rourke@liffey.test, Siobhán O'Rourke", "o'rourke@liffey.test, Siobhán O’Rourke"),
        ("l'aide : https://exemple.test/l'aide", "l’aide : https://exemple.test/l'aide"),
        ("'abc' 5'30", "'abc' 5'30"),
    ],
)
def test_an_apostrophe_is_set_as_in_the_words_of_the_template_but_not_in_an_address(typed: str, set_: str) -> None:
    assert words_of(filled(a_template("{{ value }}"), {"value": typed})) == [set_]


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("{{ value | clause }}.", "un point par semaine."),
        ("{{ value | short(12) }}", "un point…"),
        ("{{ value | short(40) }}", "un point par semaine."),
        ("{{ town | at }}", "au Havre"),
    ],
)
def test_words_are_fitted_into_a_sentence_and_into_a_line(typed: str, printed: str) -> None:
    context = {"value": "un point par semaine.", "town": "Le Havre"}
    assert words_of(filled(a_template(typed), context)) == [printed]


def test_lines_of_a_value_stay_lines() -> None:
    assert words_of(filled(_ONE_VALUE, {"v": "one\ntwo"})) == ["one\ntwo"]


@pytest.mark.parametrize(
    "words", ["{{ a", "{% if a %}", "{{ a | unheard_of }}", "{% include 'x' %}{{ a }}{% endfor %}", "{{ a b }}"]
)
def test_a_broken_placeholder_is_told_with_the_words_around_it(words: str) -> None:
    error = refused(a_template("before", f"here {words}"), {"a": "x"})
    assert error.code == "TEMPLATE-04"
    assert "here" in str(error.message)


@pytest.mark.parametrize(
    "words",
    [
        "{{ v.__class__ }}",
        "{{ v.__class__.__mro__ }}",
        "{{ d._path }}",
        "{{ d._members }}",
        "{{ ''.join.__globals__ }}",
    ],
)
def test_a_template_cannot_reach_behind_its_values(words: str) -> None:
    assert refused(a_template(words), {"v": "x", "d": {"a": "b"}}).code == "TEMPLATE-03"


def test_a_group_printed_as_a_whole_is_refused() -> None:
    assert refused(a_template("{{ d }}"), {"d": {"a": "b"}}).code == "TEMPLATE-03"
    assert refused(a_template("{{ yes }}"), {"yes": True}).code == "TEMPLATE-03"


def test_a_placeholder_that_word_scattered_over_runs_is_still_one() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph()
    for piece in ("{", "{ stu", "dent.na", "me }", "}"):
        paragraph.add_run(piece)
    assert words_of(filled(frozen(document), {"student": {"name": "Ada"}})) == ["Ada"]


def test_paragraphs_and_rows_are_switched_and_repeated() -> None:
    document = docx.Document()
    for words in ("{%p if on %}", "shown", "{%p else %}", "hidden", "{%p endif %}"):
        document.add_paragraph(words)
    table = document.add_table(rows=3, cols=1)
    for row, words in zip(table.rows, ("{%tr for x in xs %}", "{{ x }}", "{%tr endfor %}"), strict=True):
        row.cells[0].text = words
    data = filled(frozen(document), {"on": True, "xs": ("a", "b")})
    result = docx.Document(BytesIO(data))
    assert [paragraph.text for paragraph in result.paragraphs] == ["shown"]
    assert [row.cells[0].text for row in result.tables[0].rows] == ["a", "b"]


def test_equal_arguments_give_equal_bytes_and_the_clock_is_not_read() -> None:
    template = a_template("{{ v }}", footer="{{ v }}")
    assert filled(template, {"v": "x"}) == filled(template, {"v": "x"})
    core = docx.Document(BytesIO(filled(template, {"v": "x"}))).core_properties
    assert (core.title, core.author, core.language) == ("Convention 1", "Université", "fr")
    assert core.created == core.modified == NOW


def test_the_rest_of_the_file_stays_as_the_secretary_left_it() -> None:
    template = a_template("{{ v }}")
    with (
        zipfile.ZipFile(BytesIO(template.data)) as before,
        zipfile.ZipFile(BytesIO(filled(template, {"v": "x"}))) as after,
    ):
        assert set(before.namelist()) == set(after.namelist())
        for name in ("word/numbering.xml", "word/settings.xml", "word/theme/theme1.xml", "word/fontTable.xml"):
            assert before.read(name) == after.read(name)
