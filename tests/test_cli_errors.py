"""What goes wrong is said once, with its code and its own exit code; nothing is lost, and the way on is open."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pikepdf
import pytest

from conventions import errors
from conventions.shipped import shipped
from tests.complaints import CODE, assert_told, refused
from tests.workspaces import PASSPHRASE, Bureau


@pytest.fixture
def bureau(half_issued: Bureau, tmp_path: Path) -> Bureau:
    return half_issued.copy(tmp_path / "bureau")


# ── the workspace and its settings ───────────────────────────────────────────────────────────────────────


def test_no_workspace(bureau: Bureau, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    for command in ("check", "status", "seal"):
        answer = bureau.run("-w", tmp_path / "elsewhere", command, expect=11)
        assert_told(answer, "SETTINGS-01", errors.SettingsError)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_workspace_that_is_there_already(bureau: Bureau) -> None:
    refused(bureau, "INIT-01", errors.NeverOverwrite, "init", bureau.root)


def test_an_unknown_setting_is_told_with_its_line(bureau: Bureau) -> None:
    settings = bureau.root / "conventions.toml"
    honest = settings.read_text(encoding="utf-8")
    bureau.set("ects = 6\n", "ects = 6\ncolour = 3\n")
    line = settings.read_text(encoding="utf-8").splitlines().index("colour = 3") + 1
    answer = bureau.run("check", expect=11)
    assert_told(answer, "SETTINGS-03", errors.SettingsError, "DATA-02")
    assert f"{settings}:{line}  DATA-02" in answer.err
    settings.write_text(honest, encoding="utf-8")
    bureau.run("check")


def test_a_damaged_registry_is_left_alone(bureau: Bureau) -> None:
    registry = bureau.root / "registry.sqlite3"
    honest = registry.read_bytes()
    for damaged in (b"not a database " * 400, honest[:5000], honest[: len(honest) // 2]):
        registry.write_bytes(damaged)
        refused(bureau, "STORE-06", errors.DiskError, "status")
        refused(bureau, "STORE-06", errors.DiskError, "issue", "--all")
    registry.write_bytes(honest)
    bureau.run("issue", "--all")
    assert len(bureau.letters()) == 2


# ── dossiers, templates, LibreOffice ─────────────────────────────────────────────────────────────────────


def test_an_unknown_dossier_and_one_without_a_paper(bureau: Bureau) -> None:
    second = bureau.numbers[1]
    for command in ("check", "generate", "issue", "status"):
        refused(bureau, "FILE-09", errors.DossierError, command, "2027-9999")
    key = bureau.key(second, "student")
    for command in ("seal", "archive"):
        refused(bureau, "PAPER-01", errors.DossierError, command, second)
    refused(bureau, "PAPER-01", errors.DossierError, "sign", second, "--as", "student", "--key", key)
    bureau.run("issue", second)
    bureau.sign(second, "student")


def test_a_wrong_dossier_stops_itself_and_nobody_else(bureau: Bureau) -> None:
    (wrong,) = (bureau.root / "wrong").glob("*many-mistakes.yaml")
    shutil.copy(wrong, bureau.root / "dossiers")
    number = bureau.numbers[-1]
    shutil.rmtree(bureau.root / "papers")
    answer = bureau.run("generate", number, expect=3)
    assert CODE.findall(answer.err)[-1] == "CHECK-01"
    assert f"{number}-many-mistakes.yaml:" in answer.err
    assert not (bureau.root / "papers").exists()
    answer = bureau.run("generate", "--all", expect=3)
    assert answer.out.count("agreement written") == 2
    assert "1 of 3 could not be done" in answer.err
    assert sorted(path.name for path in (bureau.root / "papers").iterdir()) == list(bureau.numbers[:2])


def test_libreoffice_is_missing(bureau: Bureau) -> None:
    number = bureau.numbers[1]
    shutil.rmtree(bureau.root / "papers" / number)
    bureau.set('soffice = ""', 'soffice = "/nowhere/soffice"')
    for command in ("generate", "issue"):
        answer = refused(bureau, "CONVERT-01", errors.ConverterMissing, command, number)
        assert "/nowhere/soffice" in answer.err
        assert "apt-get install" in answer.err
    bureau.set('soffice = "/nowhere/soffice"', 'soffice = ""')
    bureau.run("generate", number)


def test_a_libreoffice_that_delivers_nothing(bureau: Bureau) -> None:
    shutil.rmtree(bureau.root / "papers" / bureau.numbers[1])
    bureau.set('soffice = ""', f'soffice = "{shutil.which("true")}"')
    refused(bureau, "CONVERT-02", errors.ConversionError, "generate", bureau.numbers[1])


def own_template(bureau: Bureau, change: Callable[[str], str], **more: bytes) -> Path:
    """The shipped French template as the workspace's own, with something changed in its text."""
    path = bureau.root / "templates" / "fr" / "convention.docx"
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(shipped("templates") / "fr" / "convention.docx") as source, zipfile.ZipFile(path, "w") as to:
        for name in source.namelist():
            data = source.read(name)
            if name == "word/document.xml":
                text = data.decode()
                assert change(text) != text or more
                data = change(text).encode()
            to.writestr(name, data)
        for name, data in more.items():
            to.writestr(f"word/{name}.bin", data)
    return path


def not_word(bureau: Bureau) -> Path:
    path = own_template(bureau, lambda text: text + " ")
    path.write_bytes(b"Dear Sir or Madam")
    return path


@pytest.mark.parametrize(
    ("code", "spoil"),
    [
        ("TEMPLATE-02", not_word),
        ("TEMPLATE-02", lambda bureau: own_template(bureau, lambda text: text[: len(text) // 2])),
        ("TEMPLATE-05", lambda bureau: own_template(bureau, lambda text: text, vbaProject=b"Sub AutoOpen()")),
    ],
    ids=["not Word", "damaged", "macro"],
)
def test_a_template_that_cannot_be_used(bureau: Bureau, code: str, spoil: Callable[[Bureau], Path]) -> None:
    number = bureau.numbers[1]
    template = spoil(bureau)
    for command in ("generate", "issue"):
        answer = refused(bureau, code, errors.TemplateError, command, number)
        assert "convention.docx" in answer.err
    template.unlink()
    bureau.run("issue", number)


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("LINT-01", "</w:t>", "{{ shoe_size }}</w:t>"),
        ("LINT-03", "</w:t>", "{% if host.siret %}</w:t>"),
        ("LINT-10", '"sig:dean"', '"the dean"'),
    ],
    ids=["unknown name", "condition left open", "no box for a signer"],
)
def test_a_template_with_an_error_makes_no_paper(bureau: Bureau, code: str, before: str, after: str) -> None:
    number = bureau.numbers[1]
    template = own_template(bureau, lambda text: text.replace(before, after, 1))
    for command in ("generate", "issue"):
        answer = bureau.run(command, number, expect=errors.TemplateError.exit_code)
        assert_told(answer, "TEMPLATE-08", errors.TemplateError, code)
    assert bureau.kinds(number) == []
    template.unlink()
    bureau.run("issue", number)
    assert bureau.kinds(number) == ["issued", "sent"]


# ── keys and pass-phrases ────────────────────────────────────────────────────────────────────────────────


def test_a_key_that_cannot_be_used(bureau: Bureau, tmp_path: Path) -> None:
    number = bureau.numbers[0]
    garbage = tmp_path / "garbage.p12"
    garbage.write_bytes(os.urandom(2000))
    sign = ("sign", number, "--as", "student", "--key")
    refused(bureau, "KEY-02", errors.KeyUnreadable, *sign, tmp_path / "nothing.p12")
    refused(bureau, "KEY-03", errors.KeyUnreadable, *sign, garbage)
    refused(bureau, "KEY-03", errors.KeyUnreadable, *sign, bureau.pki.roots)
    refused(bureau, "KEY-06", errors.KeyUnreadable, *sign, bureau.key(number, "student", "expired"))
    bureau.sign(number, "student")


def test_a_seal_that_cannot_be_used(bureau: Bureau) -> None:
    number = bureau.numbers[1]
    seal = bureau.root / "keys" / "seal.pfx"
    away = seal.rename(seal.with_name("away.pfx"))
    refused(bureau, "KEY-02", errors.KeyUnreadable, "issue", number)
    away.rename(seal)
    bureau.set('seal = "keys/seal.pfx"', 'seal = ""')
    refused(bureau, "KEY-01", errors.KeyUnreadable, "issue", number)
    bureau.set('seal = ""', 'seal = "keys/seal.pfx"')
    bureau.run("issue", number)


def test_a_wrong_pass_phrase(bureau: Bureau) -> None:
    first, second = bureau.numbers
    before = bureau.everything()
    answer = bureau.run("issue", second, expect=10, CONVENTIONS_SEAL_PASSPHRASE="battery staple")
    assert_told(answer, "PASS-01", errors.WrongPassphrase)
    key = bureau.key(first, "student")
    answer = bureau.run("sign", first, "--as", "student", "--key", key, expect=10, CONVENTIONS_PASSPHRASE="staple")
    assert_told(answer, "PASS-01", errors.WrongPassphrase)
    assert "staple" not in answer.err
    assert bureau.everything() == before
    bureau.run("issue", second)
    bureau.sign(first, "student")


@contextmanager
def descriptor_with(secret: bytes) -> Iterator[int]:
    reading, writing = os.pipe()
    os.write(writing, secret)
    os.close(writing)
    yield reading
    os.close(reading)


def test_a_pass_phrase_from_a_file_descriptor(bureau: Bureau) -> None:
    first, second = bureau.numbers
    with descriptor_with(b"battery staple\n") as source:
        answer = bureau.run("issue", second, "--passphrase-fd", str(source), expect=10)
    assert_told(answer, "PASS-01", errors.WrongPassphrase)
    with descriptor_with(f"{PASSPHRASE}\n".encode()) as source:
        bureau.run("issue", second, "--passphrase-fd", str(source), CONVENTIONS_SEAL_PASSPHRASE="comes second")
    sign = ("sign", first, "--as", "student", "--key", bureau.key(first, "student"))
    with descriptor_with(PASSPHRASE.encode()) as source:
        bureau.run(*sign, "--passphrase-fd", str(source), CONVENTIONS_PASSPHRASE="comes second")


def test_a_pass_phrase_that_nobody_gives(bureau: Bureau) -> None:
    number = bureau.numbers[0]
    sign = ("sign", number, "--as", "student", "--key", bureau.key(number, "student"))
    before = bureau.everything()
    assert_told(bureau.process(*sign, expect=10, CONVENTIONS_PASSPHRASE=""), "PASS-02", errors.WrongPassphrase)
    answer = bureau.run(*sign, "--passphrase-fd", "987", expect=2)
    assert "Traceback" not in answer.err
    assert "987" in answer.err
    assert bureau.everything() == before


# ── whose turn it is, and what comes back ────────────────────────────────────────────────────────────────


def test_out_of_turn(bureau: Bureau, tmp_path: Path) -> None:
    number = bureau.numbers[0]
    letter = bureau.saved(number, "turn-student")
    key = bureau.key(number, "dean")
    for paper in (number, letter):
        for role, code in (("dean", "TURN-03"), ("company", "TURN-03"), ("pope", "TURN-01")):
            refused(bureau, code, errors.OutOfTurn, "sign", paper, "--as", role, "--key", key)
    refused(bureau, "TURN-04", errors.OutOfTurn, "seal", number)
    refused(bureau, "TURN-05", errors.OutOfTurn, "archive", number)
    bureau.sign(number, "student")
    refused(bureau, "TURN-02", errors.OutOfTurn, "sign", number, "--as", "student", "--key", key)
    assert [path.name for path in letter.parent.iterdir()] == [letter.name]


def test_a_file_that_is_no_paper_of_ours(bureau: Bureau, tmp_path: Path) -> None:
    number = bureau.numbers[0]
    corrupt, empty, foreign = tmp_path / "corrupt.pdf", tmp_path / "empty.pdf", tmp_path / "foreign.pdf"
    corrupt.write_bytes(b"%PDF-1.7\n" + os.urandom(3000))
    empty.write_bytes(b"")
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(foreign)
    sign = ("--as", "student", "--key", bureau.key(number, "student"))
    for path, code in ((corrupt, "PDF-01"), (empty, "PDF-01"), (foreign, "PDF-02")):
        refused(bureau, code, errors.ForeignPaper, "receive", path)
        refused(bureau, code, errors.ForeignPaper, "sign", path, *sign)
    refused(bureau, "DISK-03", errors.DiskError, "receive", tmp_path / "nothing.pdf")
    refused(bureau, "DISK-03", errors.DiskError, "verify", tmp_path / "nothing.pdf")
    bureau.sign(number, "student")


def test_one_file_that_is_refused_does_not_keep_the_next_one_out(bureau: Bureau, tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(b"no PDF at all")
    honest = bureau.signed_elsewhere(bureau.numbers[0], "student")
    answer = bureau.run("receive", tmp_path / "scan.pdf", honest, expect=15)
    assert "signed by the student" in answer.out
    assert CODE.findall(answer.err) == ["PDF-01"]


def test_a_paper_of_another_workspace(bureau: Bureau, half_issued: Bureau, tmp_path: Path) -> None:
    other = half_issued.copy(tmp_path / "other")
    other.run("issue", other.numbers[1])
    letter = other.saved(other.numbers[1], "turn-student")
    refused(bureau, "PDF-03", errors.ForeignPaper, "receive", letter)


def test_a_paper_that_was_changed_on_the_disk(bureau: Bureau) -> None:
    number = bureau.numbers[0]
    paper = bureau.paper(number)
    honest = paper.read_bytes()
    paper.write_bytes(honest + b"\n")
    refused(
        bureau, "DISK-04", errors.DiskError, "sign", number, "--as", "student", "--key", bureau.key(number, "student")
    )
    paper.write_bytes(honest)
    bureau.sign(number, "student")
