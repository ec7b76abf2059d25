"""The shipped templates: built from their text, equal in four languages, complete in law, editable in Word."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import docx
import pytest
from lxml import etree

from conventions import press
from conventions.documents.mentions import ARTICLES, MENTIONS
from conventions.languages import LANGUAGES
from conventions.model.roles import ROLE_LABELS
from conventions.press import package as opc
from conventions.press.package import R, W
from tests.broken_templates import KEYS
from typesetting import build, lean, source

TEMPLATES = Path(__file__).parent.parent / "templates"
FRENCH = press.outline(press.find("convention", "fr"))


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def keys_of(element: etree._Element) -> list[str]:
    """Relations that an element mentions."""
    return [str(value) for name, value in element.attrib.items() if str(name).startswith(R)]


@pytest.mark.parametrize("path", build.SOURCES, ids=lambda path: path.name)
def test_the_committed_template_is_what_its_text_builds(path: Path) -> None:
    document, language, _ = path.name.split(".")
    committed = parts_of((TEMPLATES / language / f"{document}.docx").read_bytes())
    built = parts_of(build.build(path.read_text(encoding="utf-8")))
    assert sorted(committed) == sorted(built)
    assert [name for name in built if built[name] != committed[name]] == [], "run `make templates`"


def test_what_is_listed_as_shipped_are_the_templates_that_are_shipped() -> None:
    for document, language in press.documents_available():
        assert press.is_as_shipped(press.find(document, language)), "run `make templates`"


def test_a_template_that_was_edited_in_place_is_not_as_shipped() -> None:
    template = press.find("convention", "de")
    assert not press.is_as_shipped(replace(template, digest=press.find("convention", "fr").digest))
    assert not press.is_as_shipped(replace(template, digest="0" * 64))


def test_every_document_and_annex_has_its_text_in_every_language_and_there_is_no_other() -> None:
    wanted = {f"{key}.{code}.md" for key in KEYS for code in LANGUAGES}
    assert {path.name for path in build.SOURCES} == wanted


@pytest.mark.parametrize("key", KEYS)
def test_every_template_is_equal_in_four_languages(key: str) -> None:
    french = press.outline(press.find(key, "fr"))
    for code in LANGUAGES:
        other = press.outline(press.find(key, code))
        assert dict(other.articles) == dict(french.articles)
        assert tuple(other.articles) == tuple(french.articles)
        assert sorted(other.tags) == sorted(french.tags)
        assert other.boxes == french.boxes


@pytest.mark.parametrize("path", build.SOURCES, ids=lambda path: path.name)
def test_a_template_has_no_part_that_nothing_uses_and_lacks_none(path: Path) -> None:
    package = parts_of(build.build(path.read_text(encoding="utf-8")))
    holders = [name for name in package if not name.endswith(".rels") and name != opc.KINDS]
    uses = {name: list(opc.relations(package, name)) for name in ("", *holders)}
    reached = opc.reached(package, (relation.target for relation in uses.pop("")))
    assert reached == set(holders)
    assert {relation.target for relations in uses.values() for relation in relations} <= reached
    assert all(opc.kind_of(package, name) not in {"", "application/xml"} for name in holders)
    assert {kind.get("PartName", "/")[1:] for kind in opc.parsed(package[opc.KINDS])} - {""} <= reached
    for name, relations in uses.items():
        named = (
            {value for element in opc.parsed(package[name]).iter("*") for value in keys_of(element)}
            if relations
            else set()
        )
        unnamed = {relation.kind.rpartition("/")[2] for relation in relations if relation.key not in named}
        assert unnamed <= {"styles", "numbering", "settings"}


@pytest.mark.parametrize("path", build.SOURCES, ids=lambda path: path.name)
def test_a_template_has_the_styles_that_it_uses_and_those_for_secretaries(path: Path) -> None:
    data = build.build(path.read_text(encoding="utf-8"))
    package, styles = parts_of(data), docx.Document(BytesIO(data)).styles
    stories = [
        opc.parsed(package[name]) for name in package if re.fullmatch(r"word/(document|(head|foot)er\d)\.xml", name)
    ]
    used = {
        style.get(f"{W}val") for story in stories for style in story.iter(f"{W}pStyle", f"{W}rStyle", f"{W}tblStyle")
    }
    defaults = {style.style_id for style in styles if style.element.get(f"{W}default") == "1"}
    assert {style.name for style in styles} >= lean.GALLERY
    assert used <= {style.style_id for style in styles}
    assert {style.style_id for style in styles if style.name not in lean.GALLERY} - defaults <= used
    assert {name.get(f"{W}val") for name in styles.element.iter(f"{W}basedOn", f"{W}next", f"{W}link")} <= {
        style.style_id for style in styles
    }
    lists = opc.parsed(package[opc.NUMBERING])
    assert {each.get(f"{W}numId") for each in lists.iter(f"{W}num")} == {
        each.get(f"{W}val") for each in styles.element.iter(f"{W}numId")
    }


def test_the_agreement_has_the_articles_that_the_program_knows() -> None:
    assert tuple(FRENCH.articles) == ARTICLES


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_mandatory_mention_stands_in_its_article_with_its_values(code: str) -> None:
    assert {mention.number for mention in MENTIONS} == set(range(1, 16))
    articles = press.outline(press.find("convention", code)).articles
    missing = [
        (mention.number, path)
        for mention in MENTIONS
        for path in mention.paths
        if path not in articles[mention.article]
    ]
    assert missing == []


def test_every_role_that_can_sign_has_exactly_one_box() -> None:
    assert sorted(FRENCH.boxes) == sorted(ROLE_LABELS)


@pytest.mark.parametrize("code", LANGUAGES)
def test_placeholders_are_in_single_runs_and_the_styles_are_real(code: str) -> None:
    document = docx.Document(str(TEMPLATES / code / "convention.docx"))
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    paragraphs = [*document.paragraphs, *(paragraph for cell in cells for paragraph in cell.paragraphs)]
    for paragraph in paragraphs:
        for run in paragraph.runs:
            assert run.text.count("{{") == run.text.count("}}"), run.text
            assert run.text.count("{%") == run.text.count("%}"), run.text
    used = {paragraph.style.name for paragraph in paragraphs if paragraph.style}
    assert {"Title", "Subtitle", "Heading 1", "Article", "Clause", "List Bullet", "Label", "Value", "Signatory"} <= used
    assert "Normal" not in used


@pytest.mark.parametrize(("code", "locale"), [("fr", "fr-FR"), ("en", "en-GB"), ("es", "es-ES"), ("de", "de-DE")])
def test_the_language_is_set_for_word_s_spelling_and_for_readers(code: str, locale: str) -> None:
    styles = parts_of((TEMPLATES / code / "convention.docx").read_bytes())["word/styles.xml"].decode()
    assert f'<w:lang w:val="{locale}"' in styles


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_article_is_an_empty_shell(code: str) -> None:
    script = source.read((Path(build.__file__).parent / f"convention.{code}.md").read_text(encoding="utf-8"))
    words: dict[str, int] = {}
    key = ""
    for block in script.blocks:
        if isinstance(block, source.Article):
            key = block.key
        elif key and isinstance(block, (source.Paragraph, source.Item)):
            words[key] = words.get(key, 0) + len(re.sub(r"\{[{%].*?[}%]\}", "", block.words).split())
    assert tuple(words) == ARTICLES
    assert min(words.values()) >= 15


def test_french_has_its_no_break_spaces_and_quotes() -> None:
    text = "\n".join(
        paragraph.text for paragraph in docx.Document(str(TEMPLATES / "fr" / "convention.docx")).paragraphs
    )
    plain = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "x", text)
    assert not re.search(r" [:;?!»]|« |[^\u00a0\u202f:;?!x](?<![:/])[;?!»]", plain)
    assert "'" not in plain
    assert "art.\u00a0L.\u00a0124\u20117" in plain
    assert "29\u00a0décembre\u00a02014" in plain
