"""The commands about templates: list, lint, show, preview, the contact sheet; inside a workspace and outside of any."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Final

import docx
import pikepdf
import pytest
from PIL import Image

from conventions.languages import LANGUAGES
from tests.broken_templates import KEYS, TEMPLATES, packed, replaced, unpacked
from tests.test_cli_answers import FINDING
from tests.workspaces import Bureau, a_bureau

ENTRY: Final = {"document", "language", "title", "signing", "is_own", "digest", "file"}


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    with a_bureau(tmp_path_factory.mktemp("templates"), "0001", "0004") as bureau:
        yield bureau


@pytest.fixture
def nowhere(tmp_path: Path) -> tuple[str, Path]:
    """A folder that is no workspace, as an option."""
    return "-w", tmp_path


@pytest.fixture
def own(bureau: Bureau) -> Iterator[Path]:
    """The workspace's own French agreement: a copy of the shipped one."""
    path = bureau.root / "templates" / "fr" / "convention.docx"
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(TEMPLATES / "fr" / "convention.docx", path)
    yield path
    path.unlink()


def change(path: Path, before: str, after: str) -> None:
    package = unpacked(path.read_bytes())
    replaced(package, before, after)
    path.write_bytes(packed(package))


# ── list ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_has_every_document_in_every_language(bureau: Bureau, nowhere: tuple[str, Path]) -> None:
    for where in ((), nowhere):
        rows = bureau.run(*where, "templates", "list", "--json").json
        assert [(row["document"], row["language"]) for row in rows] == [
            (key, code) for key in KEYS for code in LANGUAGES
        ]
        assert all(set(row) == ENTRY for row in rows)
        assert not any(row["is_own"] for row in rows)


def test_the_list_says_whose_a_template_is_and_who_signs(bureau: Bureau, own: Path) -> None:
    told = bureau.run("templates", "list").out
    assert "convention  internship agreement, signed by everybody in the circuit" in told
    assert "attestation  internship certificate, signed by: host organisation" in told
    assert [line for line in told.splitlines() if "  own  " in line] == [
        line for line in told.splitlines() if line.endswith(str(own))
    ]
    assert bureau.run("templates", "list", "--json").json[0]["is_own"] is True


# ── lint ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_shipped_template_passes_outside_of_any_workspace(bureau: Bureau, nowhere: tuple[str, Path]) -> None:
    answer = bureau.run(*nowhere, "templates", "lint")
    assert answer.out == ""
    assert f"{len(KEYS) * len(LANGUAGES)} templates, nothing to correct" in answer.err


def test_what_is_wrong_is_told_as_check_tells_it(bureau: Bureau, own: Path) -> None:
    change(own, "{{ programme.course_unit }}", "{{ programme.course_unti }}")
    answer = bureau.run("templates", "lint", "convention", "--language", "fr", expect=4)
    first, second = answer.out.splitlines()
    assert first.startswith(
        f"{own}  LINT-01  “Article 2 – Formation suivie”: programme.course_unti does not exist, in “"
    )
    assert second == "  → write programme.course_unit, or take it out"
    assert "1 of one template to correct" in answer.err
    (row,) = bureau.run("templates", "lint", "convention", "--language", "fr", "--json", expect=4).json
    assert set(row) == ENTRY | {"ok", "findings"}
    assert (row["ok"], row["is_own"], row["file"]) == (False, True, str(own))
    assert [set(finding) for finding in row["findings"]] == [FINDING]


def test_the_other_languages_are_held_against_the_own_french_text(bureau: Bureau, own: Path) -> None:
    change(own, "{{ programme.course_unit }}", "Stage")
    rows = bureau.run("templates", "lint", "convention", "--json", expect=4).json
    assert {row["language"]: row["ok"] for row in rows} == {"fr": True, "en": False, "es": False, "de": False}


def test_a_template_with_a_warning_is_no_failure(bureau: Bureau, own: Path) -> None:
    change(own, 'w:name="art_privacy"', 'w:name="art_own"')
    answer = bureau.run("templates", "lint", "convention", "--language", "fr")
    assert "LINT-08  [warning]" in answer.out


def test_an_unknown_key_is_a_wrong_command_line(bureau: Bureau) -> None:
    assert "abroad_annex" in bureau.run("templates", "lint", "convantion", expect=2).err


# ── show ─────────────────────────────────────────────────────────────────────────────────────────────────────


def shown(bureau: Bureau, path: Path, *where: str | Path) -> list[str]:
    return bureau.run(*where, "templates", "show", path).out.splitlines()


def test_a_template_is_shown_with_its_articles_tables_tags_and_boxes(bureau: Bureau) -> None:
    lines = bureau.run("templates", "show", "convention", "--language", "fr").out.splitlines()
    assert "## Article\u00a07 – Accueil et encadrement  [7 supervision]" in lines
    assert "| Stagiaire | {{ student.name }} |" in lines
    assert "- {{ skill }}" in lines
    assert any(line.endswith("| [sig:dean] |") for line in lines)
    assert [line.strip("─ ") for line in lines if line.startswith("── ")] == [
        "header of the first page",
        "header",
        "text",
        "footer of the first page",
        "footer",
    ]
    assert any(line.endswith("Page [PAGE] sur [NUMPAGES]") for line in lines)


def test_a_file_is_shown_like_the_template_of_that_key(bureau: Bureau, nowhere: tuple[str, Path]) -> None:
    by_key = bureau.run("templates", "show", "attestation", "--language", "de").out.splitlines()
    assert shown(bureau, TEMPLATES / "de" / "attestation.docx", *nowhere) == by_key


def test_one_changed_word_is_one_changed_line_and_saving_again_is_none(bureau: Bureau, own: Path) -> None:
    before = shown(bureau, own)
    docx.Document(str(own)).save(str(own))
    assert shown(bureau, own) == before
    change(own, "{{ programme.course_unit }}", "{{ programme.title }}")
    lines = [line for line in unified_diff(before, shown(bureau, own), n=0) if line[0] in "+-" and line[1] not in "+-"]
    assert [line[0] for line in lines] == ["-", "+"]


def test_what_is_no_template_cannot_be_shown(bureau: Bureau, tmp_path: Path) -> None:
    (tmp_path / "x.docx").write_bytes(b"words")
    assert "TEMPLATE-02" in bureau.run("templates", "show", tmp_path / "x.docx", expect=4).err
    assert "TEMPLATE-09" in bureau.run("templates", "show", tmp_path / "y.docx", expect=12).err
    assert "TEMPLATE-01" in bureau.run("templates", "show", "convantion", expect=4).err


# ── preview ──────────────────────────────────────────────────────────────────────────────────────────────────


def words_of(path: Path) -> str:
    return subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout


def test_a_preview_shows_the_specimen_and_is_the_same_every_time(
    bureau: Bureau, nowhere: tuple[str, Path], tmp_path: Path
) -> None:
    paths = [tmp_path / name for name in ("a.pdf", "b.pdf")]
    for path in paths:
        answer = bureau.run(*nowhere, "templates", "preview", "attestation", "--language", "en", "--output", path)
        assert answer.out == f"{path}\n"
    assert paths[0].read_bytes() == paths[1].read_bytes()
    words = words_of(paths[0])
    assert "SPECIMEN" in words
    assert "Camille Haddad-Morin" in words


def test_a_preview_shows_a_dossier(bureau: Bureau, tmp_path: Path) -> None:
    dublin = bureau.numbers[1]
    for key in ("convention", "abroad_annex"):
        path = tmp_path / f"{key}.pdf"
        bureau.run("templates", "preview", key, "--dossier", bureau.file(dublin), "--output", path)
        assert bureau.dossier(dublin).student.name in words_of(path)
    with pikepdf.open(tmp_path / "abroad_annex.pdf") as annex, pikepdf.open(tmp_path / "convention.pdf") as agreement:
        assert len(annex.pages) < len(agreement.pages), "only the texts of that template"


def test_a_preview_as_png_is_page_by_page(bureau: Bureau, tmp_path: Path) -> None:
    target = tmp_path / "look.png"
    answer = bureau.run("templates", "preview", "covering_note", "--language", "fr", "--output", target)
    names = [Path(line).name for line in answer.out.splitlines()]
    assert names == [f"look-{rank}.png" for rank in range(1, len(names) + 1)]
    for name in names:
        with Image.open(tmp_path / name) as picture:
            assert picture.height > picture.width > 800


def test_a_preview_uses_the_own_template_unless_it_has_errors(bureau: Bureau, own: Path, tmp_path: Path) -> None:
    command = ("templates", "preview", "convention", "--language", "fr", "--output", tmp_path / "x.pdf")
    change(own, "{{ programme.course_unit }}", "Stage de fin de parcours")
    bureau.run(*command)
    assert "Stage de fin de parcours" in words_of(tmp_path / "x.pdf")
    (tmp_path / "x.pdf").unlink()
    change(own, "Stage de fin de parcours", "{{ studnet.name }}")
    answer = bureau.run(*command, expect=4)
    assert "LINT-01" in answer.err
    assert "TEMPLATE-08" in answer.err
    assert not (tmp_path / "x.pdf").exists()


def test_a_dossier_without_what_the_template_is_about_is_told(bureau: Bureau, tmp_path: Path) -> None:
    lille = bureau.file(bureau.numbers[0])
    command = ("templates", "preview", "--dossier", lille, "--output", tmp_path / "x.pdf")
    assert "PREVIEW-03" in bureau.run(*command, "abroad_annex", expect=3).err
    assert "AMEND-01" in bureau.run(*command, "amendment", expect=3).err
    assert "--output" in bureau.run("templates", "preview", "convention", "--output", "x.doc", expect=2).err


def test_the_contact_sheet_shows_all_documents_in_four_languages(
    bureau: Bureau, nowhere: tuple[str, Path], tmp_path: Path
) -> None:
    target = tmp_path / "sheet.png"
    assert bureau.run(*nowhere, "templates", "sheet", "--output", target).out == f"{target}\n"
    with Image.open(target) as sheet:
        picture = sheet.convert("L")
        columns, rows = 2 * len(LANGUAGES), -(-len(KEYS) // 2)
        width, height = picture.width // columns, picture.height // rows
        for rank in range(len(KEYS) * len(LANGUAGES)):
            row, column = divmod(rank, columns)
            place = picture.crop((column * width, row * height, (column + 1) * width, (row + 1) * height))
            colours = place.tobytes()
            assert colours.count(255) > 0.2 * len(colours), f"no page in row {row}, column {column}"
