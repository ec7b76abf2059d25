"""The code on a paper: it says where the paper is verified, which paper it is, and nothing else."""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import segno
from PIL import Image

from conventions import forms, press
from conventions.documents import Case
from conventions.errors import SettingsError
from conventions.languages import LANGUAGES
from conventions.model.paper import Origin
from conventions.settings import load
from tests.builders import a_dossier
from tests.cases import CODE_ALT, DIGEST, NOW, VERIFICATION, a_case, a_word_document
from tests.conformance import faults
from tests.workspaces import Bureau, a_bureau


@dataclass(frozen=True)
class Paper:
    """A finished paper, its words, and the pictures of it that are described."""

    data: bytes
    words: str
    described: tuple[str, ...]


def about(*languages: str, verification: str = VERIFICATION) -> Case:
    case = a_case(a_dossier(language=languages[0]), languages=languages)
    return replace(case, edition=replace(case.edition, verification=verification))


@pytest.fixture(scope="module")
def papers() -> Mapping[str, Paper]:
    wanted = {code: a_word_document("convention", about(code)) for code in LANGUAGES}
    wanted["fr again"] = a_word_document("convention", about("fr"))
    wanted["fr without"] = a_word_document("convention", about("fr", verification=""))
    wanted["en and fr"] = a_word_document("convention", about("en", "fr"))
    return {name: finished(name, data) for name, data in press.convert([*wanted.items()])}


def finished(name: str, data: object) -> Paper:
    assert isinstance(data, bytes), f"{name}: {data}"
    origin = Origin("convention", "2026-0001", 1, name[:2], DIGEST, "b" * 64, "conventions 0.1.0")
    frozen = forms.freeze(data, origin, title="Convention", now=NOW)
    return read(frozen)


def read(data: bytes) -> Paper:
    raw = subprocess.run(["pdftotext", "-raw", "-", "-"], input=data, capture_output=True, check=True).stdout.decode()
    with pikepdf.open(BytesIO(data)) as document:
        elements = [one for one in document.objects if isinstance(one, pikepdf.Dictionary) and one.get("/S")]
        alts = tuple(str(one.Alt) for one in elements if one.S == "/Figure" and "/Alt" in one)
    return Paper(data, " ".join(raw.split()), alts)


def modules_of(picture: Image.Image, count: int) -> list[list[bool]]:
    """Which modules of a code are dark, by the middle of each; ``count`` of them a side, the white around included."""
    step = picture.width / count
    middles = [round((rank + 0.5) * step) for rank in range(count)]
    pixels: Any = picture.convert("L").load()
    return [[pixels[across, down] < 128 for across in middles] for down in middles]


def expected(address: str) -> list[list[bool]]:
    code = segno.make_qr(address, error="m", boost_error=False)
    return [[bool(module) for module in row] for row in code.matrix_iter(border=4)]


def printed_codes(paper: Paper) -> list[Image.Image]:
    """The square pictures of a paper, as a viewer takes them out of it."""
    with pikepdf.open(BytesIO(paper.data)) as document:
        found = [one for one in document.objects if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"]
        return [pikepdf.PdfImage(one).as_pil_image() for one in found if one.Width == one.Height]


def test_the_code_says_the_address_and_the_beginning_of_the_digest(papers: Mapping[str, Paper]) -> None:
    wanted = expected(f"{VERIFICATION}#{DIGEST[:16]}")
    for name, paper in papers.items():
        codes = [modules_of(picture, len(wanted)) for picture in printed_codes(paper)]
        assert codes == ([] if name == "fr without" else [wanted]), name


def test_what_is_described_to_who_cannot_see_is_the_code_alone(papers: Mapping[str, Paper]) -> None:
    for name, paper in papers.items():
        assert paper.described == (() if name == "fr without" else (CODE_ALT,)), name


def test_a_paper_with_a_code_keeps_every_condition(papers: Mapping[str, Paper]) -> None:
    assert {name: faults(paper.data) for name, paper in papers.items()} == {name: [] for name in papers}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("fr", "Vérifier ce document. Le code mène"),
        ("en", "Verify this document. The code leads"),
        ("es", "Verificar este documento. El código lleva"),
        ("de", "Dieses Dokument prüfen. Der Code führt"),
        ("en and fr", "Vérifier ce document. Le code mène"),
    ],
)
def test_the_address_and_what_it_is_for_are_written_beside_it_once(
    papers: Mapping[str, Paper], name: str, words: str
) -> None:
    assert papers[name].words.count(words) == 1
    assert re.sub(r"\s", "", papers[name].words).count(VERIFICATION) == 1


def test_without_an_address_the_paper_says_the_command_and_keeps_no_place(papers: Mapping[str, Paper]) -> None:
    words = papers["fr without"].words
    assert "conventions verify FICHIER.pdf --trust roots.pem" in words
    assert "Le code mène" not in words
    assert "conventions verify" not in papers["fr"].words


def test_equal_papers_have_equal_codes(papers: Mapping[str, Paper]) -> None:
    assert papers["fr"].data == papers["fr again"].data


def test_the_longest_address_still_makes_a_code_that_a_telephone_can_read() -> None:
    picture = press.code_for(f"https://{'a' * 92}#{DIGEST[:16]}", CODE_ALT)
    modules = picture.size[0] // 12
    assert 21 / modules > 0.35  # millimetres of one module in the place of 21


def test_the_code_holds_nothing_that_the_foot_does_not_say() -> None:
    edition = about("fr").edition
    assert edition.code == f"{VERIFICATION}#{edition.digest[:16]}"
    assert replace(edition, verification="").code == ""


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    with a_bureau(tmp_path_factory.mktemp("code"), "0001") as bureau:
        yield bureau


def test_the_office_prints_the_code_of_its_settings(bureau: Bureau) -> None:
    bureau.set('verification = ""', f'verification = "{VERIFICATION}"')
    number = bureau.numbers[0]
    bureau.run("generate", number)
    (path,) = bureau.root.glob(f"papers/**/{number}/*.pdf")
    origin = forms.origin(path.read_bytes())
    assert origin is not None
    paper = read(path.read_bytes())
    wanted = expected(f"{VERIFICATION}#{origin.dossier_digest[:16]}")
    assert [modules_of(picture, len(wanted)) for picture in printed_codes(paper)] == [wanted]
    assert [VERIFICATION in alt for alt in paper.described] == [True]


@pytest.mark.parametrize("address", ["http://univ-exemple.test", "https://a b", "https://a#b", f"https://{'a' * 101}"])
def test_only_a_short_address_with_tls_is_taken(bureau: Bureau, tmp_path: Path, address: str) -> None:
    other = bureau.copy(tmp_path / "bureau")
    path = other.root / "conventions.toml"
    present = tomllib.loads(path.read_text(encoding="utf-8"))["portal"]["verification"]
    other.set(f'verification = "{present}"', f'verification = "{address}"')
    with pytest.raises(SettingsError):
        load(other.root)
