"""What is told of templates before they are used: nothing of the shipped ones, one thing of each broken one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from fontTools.fontBuilder import FontBuilder

from conventions import pipeline, press, questionnaires
from conventions.errors import ConventionsError, TemplateError
from conventions.languages import LANGUAGES, Language
from conventions.model.finding import Finding, Severity
from conventions.press.typefaces import installed
from conventions.settings import load
from tests.broken_templates import BROKEN, TEMPLATES, Broken, packed, paragraph, replaced, unpacked
from tests.builders import EXAMPLES

EVERY: Final = tuple(map(Language, LANGUAGES))


def put(folder: Path, data: bytes, document: str = "convention", language: str = "fr") -> Path:
    path = folder / language / f"{document}.docx"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return folder


def shipped(document: str = "convention", language: str = "fr") -> dict[str, bytes]:
    return unpacked((TEMPLATES / language / f"{document}.docx").read_bytes())


def put_broken(folder: Path, broken: Broken) -> Path:
    package = shipped(broken.document)
    broken.change(package)
    return put(folder, packed(package), broken.document)


def vetted(folder: Path | None, document: str = "convention", language: str = "fr") -> tuple[Finding, ...]:
    return pipeline.vet(press.take(document, language, folder), folder)


def with_words(folder: Path, *words: str) -> tuple[Finding, ...]:
    """Findings of the French agreement with paragraphs at its end."""
    package = shipped()
    replaced(package, "<w:sectPr>", "".join(map(paragraph, words)) + "<w:sectPr>")
    return vetted(put(folder, packed(package)))


# ── the shipped ones and the broken ones ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("document", "language"), sorted(press.documents_available()))
def test_nothing_is_told_of_a_shipped_template(document: str, language: str) -> None:
    assert [str(finding.message) for finding in vetted(None, document, language)] == []


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_template_gives_its_own_code_and_no_other(name: str, tmp_path: Path) -> None:
    broken = BROKEN[name]
    findings = vetted(put_broken(tmp_path, broken), broken.document, broken.looked_at)
    assert {finding.code for finding in findings} == {broken.code}, [str(finding.message) for finding in findings]
    wanted = Severity.ERROR if broken.is_error else Severity.WARNING
    assert {finding.severity for finding in findings} == {wanted}
    assert all(finding.position and finding.position.file.endswith(".docx") for finding in findings)
    for words in (words for finding in findings for words in (finding.message, finding.fix)):
        assert str(words)
        assert all(language.say(words) for language in EVERY)


def test_every_code_has_a_broken_template() -> None:
    elsewhere = {"LINT-22", "LINT-29"}  # a font that may not be embedded, a file that no document uses: below
    assert {broken.code for broken in BROKEN.values()} | elsewhere == {f"LINT-{rank:02d}" for rank in range(1, 31)}


def test_what_is_no_word_document_is_told_and_not_raised(tmp_path: Path) -> None:
    for data in (b"", b"words", b"PK\x03\x04"):
        assert [finding.code for finding in vetted(put(tmp_path, data))] == ["LINT-26"]


def test_a_template_that_no_document_uses_is_told(tmp_path: Path) -> None:
    own = put(tmp_path, packed(shipped()), "convantion")
    assert [(one.code, one.severity) for one in vetted(own, "convantion")] == [("LINT-29", Severity.WARNING)]


# ── where it is, and what to write instead ───────────────────────────────────────────────────────────────────


def test_a_finding_names_the_article_and_shows_the_whole_paragraph(tmp_path: Path) -> None:
    package = shipped()
    replaced(package, "{{ placement.supervision | clause }}", "{{ placement.supervison | clause }}")
    missing, first = vetted(put(tmp_path, packed(package)))
    assert (missing.code, first.code) == ("LINT-07", "LINT-01"), "what a whole article lacks is told at its heading"
    assert str(first.message).startswith(
        "“Article 7 – Accueil et encadrement”: placement.supervison does not exist, in “"
    )
    assert "Le suivi est organisé ainsi : {{ placement.supervison | clause }}." in str(first.message)
    assert first.field == "placement.supervison"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("studnet.name", "student"),
        ("student.nmae", "student.name"),
        ("course_unit", "programme.course_unit"),
        ("host.representative.fonction", "host.representative.function"),
    ],
)
def test_the_nearest_name_is_offered(tmp_path: Path, written: str, meant: str) -> None:
    (finding,) = with_words(tmp_path, f"{{{{ {written} }}}}")
    assert finding.code == "LINT-01"
    assert meant in str(finding.fix)


def test_the_nearest_filter_is_offered(tmp_path: Path) -> None:
    (finding,) = with_words(tmp_path, "{{ programme.ects | nomber }}")
    assert "number" in str(finding.fix)


def test_a_header_a_note_and_the_properties_are_named(tmp_path: Path) -> None:
    wheres = {
        "an unknown name in a header": "the header:",
        "an unknown name in a note": "the footnotes:",
        "a placeholder in a property": "the properties of the document:",
    }
    for name, where in wheres.items():
        (finding,) = vetted(put_broken(tmp_path, BROKEN[name]))
        assert str(finding.message).startswith(where)


@pytest.mark.parametrize("part", ["docProps/core.xml", "docProps/app.xml", "docProps/custom.xml"])
def test_an_unknown_name_in_a_property_is_told(tmp_path: Path, part: str) -> None:
    package = shipped()
    package[part] = b"<p><title>{{ studnet.name }}</title></p>"
    assert [one.code for one in vetted(put(tmp_path, packed(package)))] == ["LINT-01", "LINT-28"]


def test_all_findings_come_at_once_in_the_order_of_the_document(tmp_path: Path) -> None:
    findings = with_words(
        tmp_path, "{{ first }} {{ host.name | second }}", "{{ third", "{{ placement.skills }} {{ fifth }}"
    )
    assert [one.code for one in findings] == ["LINT-01", "LINT-02", "LINT-03", "LINT-05", "LINT-01"]


def test_a_comment_is_told_with_its_words(tmp_path: Path) -> None:
    (finding,) = vetted(put_broken(tmp_path, BROKEN["a comment"]))
    assert "vraiment ?" in str(finding.message)


def test_a_missing_mention_says_which_and_by_which_text(tmp_path: Path) -> None:
    (finding,) = vetted(put_broken(tmp_path, BROKEN["a mandatory article is missing"]))
    assert "mention 3" in str(finding.message)
    assert "D124-4" in finding.source


def test_the_places_that_a_form_makes_in_a_loop_are_counted_too(tmp_path: Path) -> None:
    package = shipped("evaluation_host")
    text = package["word/document.xml"].decode()
    assert 'descr="field:{{ question.name }}"' in text
    package["word/document.xml"] = text.replace('descr="field:{{ question.name }}"', 'descr=""').encode()
    findings = vetted(put(tmp_path, packed(package), "evaluation_host"), "evaluation_host")
    assert {one.code for one in findings} == {"LINT-13"}
    asked = questionnaires.shipped().host.named
    typed = {name for name, question in asked.items() if question.kind in {"text", "number", "date"}}
    assert {one.field for one in findings} == typed


# ── what is allowed ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "words",
    [
        "{% for one in placement.skills %}{{ loop.index }}. {{ one }}{% if not loop.last %}, {% endif %}{% endfor %}",
        "{% set title = programme.title %}{{ title }}",
        "{{ placement.skills | join('or') }} {{ placement.skills | first }} {{ placement.skills | length }}",
        "{{ allowance.amount | money(allowance.currency) }}, {{ duration.months | duration(duration.days) }}",
        "{{ host.name if host.name else programme.title }}",
        "{{ paper.other_languages[-1] }} {{ host['name'] }}",
        "{% if schedule.start is defined and host.sector in ('public', 'private') %}x{% endif %}",
        "{% with person = host.representative %}{{ person.name }}{% endwith %}",
        "{# for colleagues #} { ordinary braces } { 1 }",
    ],
)
def test_what_templates_can_do_is_not_told(tmp_path: Path, words: str) -> None:
    assert [str(finding.message) for finding in with_words(tmp_path, words)] == []


def test_a_placeholder_that_word_scattered_over_runs_is_none_of_the_broken_ones(tmp_path: Path) -> None:
    package = shipped()
    pieces = ("{", "{ programme", ".cou", "rse_unit }", "}")
    runs = '<w:proofErr w:type="spellStart"/>'.join(
        f"<w:r><w:rPr><w:b/></w:rPr><w:t>{piece}</w:t></w:r>" for piece in pieces
    )
    replaced(package, "{{ programme.course_unit }}", f"</w:t></w:r>{runs}<w:r><w:t>")
    own = put(tmp_path, packed(package))
    assert vetted(own) == ()
    assert press.outline(press.find("convention", "fr", own)).articles["programme"]


def test_a_hyperlink_with_words_in_it_is_allowed(tmp_path: Path) -> None:
    link = '<w:hyperlink w:anchor="x"><w:r><w:t>{{ host.website }}</w:t></w:r></w:hyperlink>'
    package = shipped()
    replaced(package, "<w:sectPr>", paragraph(link) + "<w:sectPr>")
    assert vetted(put(tmp_path, packed(package))) == ()


def test_a_department_may_add_an_article_in_french_and_is_only_told(tmp_path: Path) -> None:
    package = shipped()
    added = '<w:p><w:pPr><w:pStyle w:val="Article"/></w:pPr><w:bookmarkStart w:id="77" w:name="art_own"/>'
    added += '<w:r><w:t>Article 25 – Prêt de matériel</w:t></w:r><w:bookmarkEnd w:id="77"/></w:p>'
    replaced(package, "<w:sectPr>", added + "<w:sectPr>")
    own = put(tmp_path, packed(package))
    assert [(one.code, one.severity) for one in vetted(own)] == [("LINT-08", Severity.WARNING)]
    assert {one.severity for one in vetted(own, language="en")} == {Severity.ERROR}, "both texts are authentic"


def test_the_guide_shows_placeholders_that_work_and_explains_every_code(tmp_path: Path) -> None:
    guide = (EXAMPLES.parent / "docs" / "how-to" / "edit-a-template.md").read_text(encoding="utf-8")
    table = guide[guide.index("| a value |") : guide.index("A value that is missing")].replace("\\|", "|")
    shown = [words for words in re.findall(r"`([^`]*\{\{[^`]*)`", table) if words.count("{%") % 2 == 0]
    assert len(shown) > 5
    assert [str(finding.message) for finding in with_words(tmp_path, *shown)] == []
    told = {
        f"LINT-{rank}" for row in re.findall(r"^\| LINT-([\d, ]+)", guide, re.MULTILINE) for rank in row.split(", ")
    }
    assert {code.strip() for code in told} == {f"LINT-{rank:02d}" for rank in range(1, 31)}


# ── fonts ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def restricted_font(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A font on this machine whose licence bits forbid to embed it."""
    name = "Locked Antiqua"
    builder = FontBuilder(1000)
    builder.setupGlyphOrder([".notdef", "M"])
    builder.setupCharacterMap({ord("M"): "M"})
    builder.setupHorizontalMetrics({".notdef": (500, 0), "M": (500, 0)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupGlyf(dict.fromkeys((".notdef", "M"), _EMPTY))
    builder.setupNameTable({"familyName": name, "styleName": "Regular"})
    builder.setupOS2(fsType=2)
    builder.setupPost()
    folder = tmp_path / "data" / "fonts"
    folder.mkdir(parents=True)
    builder.save(folder / "locked.ttf")
    monkeypatch.setenv("XDG_DATA_HOME", str(folder.parent))
    installed.cache_clear()
    yield name
    installed.cache_clear()


_EMPTY: Final = __import__("fontTools.ttLib.tables._g_l_y_f", fromlist=["Glyph"]).Glyph()


def in_font(font: str) -> str:
    return f'<w:r><w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}"/></w:rPr><w:t>Mention</w:t></w:r>'


def test_a_font_that_may_not_be_embedded_is_told(tmp_path: Path, restricted_font: str) -> None:
    (finding,) = with_words(tmp_path, in_font(restricted_font))
    assert (finding.code, finding.severity) == ("LINT-22", Severity.ERROR)
    assert restricted_font in str(finding.message)


def test_a_stand_in_is_named(tmp_path: Path) -> None:
    (finding,) = with_words(tmp_path, in_font("Calibri"))
    assert "Carlito" in str(finding.message)


def test_a_font_of_a_style_counts_only_where_the_style_is_used(tmp_path: Path) -> None:
    package = shipped()
    style = (
        '<w:style w:type="paragraph" w:styleId="Fancy"><w:name w:val="Fancy"/><w:rPr>'
        '<w:rFonts w:ascii="Vellum Antiqua" w:hAnsi="Vellum Antiqua"/></w:rPr></w:style></w:styles>'
    )
    replaced(package, "</w:styles>", style, "word/styles.xml")
    assert vetted(put(tmp_path, packed(package))) == ()
    used = paragraph("Mention").replace('"Clause"', '"Fancy"')
    replaced(package, "<w:sectPr>", used + "<w:sectPr>")
    (finding,) = vetted(put(tmp_path, packed(package)))
    assert (finding.code, "Vellum Antiqua" in str(finding.message)) == ("LINT-20", True)


def test_a_font_of_the_theme_is_looked_up(tmp_path: Path) -> None:
    run = '<w:r><w:rPr><w:rFonts w:asciiTheme="minorHAnsi" w:hAnsiTheme="minorHAnsi"/></w:rPr><w:t>Mention</w:t></w:r>'
    package = shipped()
    package["word/theme/theme1.xml"] = (
        b'<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:themeElements><a:fontScheme>'
        b'<a:minorFont><a:latin typeface="Vellum Antiqua"/></a:minorFont></a:fontScheme></a:themeElements></a:theme>'
    )
    replaced(package, "<w:sectPr>", paragraph(run) + "<w:sectPr>")
    assert [one.code for one in vetted(put(tmp_path, packed(package)))] == ["LINT-20"]


# ── a broken template makes no paper ─────────────────────────────────────────────────────────────────────────


def produced(own: Path) -> object:
    order = pipeline.order_for("convention", "fr")
    chosen = load(EXAMPLES).settings
    ((_, paper),) = pipeline.produce([order], chosen, own_templates=own, now=pipeline.SPECIMEN_NOW)
    return paper


def test_a_template_with_an_error_makes_no_paper_and_the_error_carries_every_finding(tmp_path: Path) -> None:
    broken = packed_with("{{ studnet.name }} {{ placement.skills }}", in_font("Calibri"))
    error = produced(put(tmp_path, broken))
    assert isinstance(error, TemplateError)
    assert (error.code, error.exit_code) == ("TEMPLATE-08", 4)
    assert [one.code for one in error.findings] == ["LINT-01", "LINT-05", "LINT-21"]
    assert "2 things to correct" in str(error.message)
    assert "conventions templates lint convention --language fr" in str(error.fix)


def test_a_template_with_a_warning_makes_its_paper(tmp_path: Path) -> None:
    paper = produced(put(tmp_path, packed_with(in_font("Calibri"))))
    assert not isinstance(paper, ConventionsError)


def packed_with(*words: str) -> bytes:
    package = shipped()
    replaced(package, "<w:sectPr>", "".join(map(paragraph, words)) + "<w:sectPr>")
    return packed(package)
