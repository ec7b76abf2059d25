"""LibreOffice, real and pretended: every document gets one result, and only the guilty one an error."""

from __future__ import annotations

import tempfile
import time
import zipfile
from io import BytesIO
from pathlib import Path

import docx
import pytest

from conventions import press
from conventions.errors import ConversionError, ConverterMissing, DiskError

_PRETENDER = """#!/bin/sh
while [ "$1" != --outdir ]; do shift; done
target=$2
shift 2
is() { grep -q "mode: $1;" "$source"; }
for source in "$@"; do
    pdf="$target/$(basename "$source" .docx).pdf"
    if is "hang on reading"; then sleep 600; fi
    if is "crash on reading"; then exit 139; fi
    if is "pass over"; then continue; fi
    echo "convert $source -> $pdf using filter : writer_pdf_Export"
    if is hang; then sleep 600; fi
    if is crash; then exit 139; fi
    if is good; then { printf '%%PDF-1.6 '; cat "$source"; printf ' %%%%EOF'; } > "$pdf"; fi
    if is half; then printf '%%PDF-1.6 cut' > "$pdf"; fi
done
"""


@pytest.fixture
def pretender(tmp_path: Path) -> str:
    """A program that behaves like LibreOffice, well or badly, as each document says."""
    path = tmp_path / "soffice"
    path.write_text(_PRETENDER)
    path.chmod(0o755)
    return str(path)


def a_document(mode: str) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("word/document.xml", f"mode: {mode};")
    return target.getvalue()


def a_word_document(words: str) -> bytes:
    target = BytesIO()
    document = docx.Document()
    document.add_paragraph(words)
    document.save(target)
    return target.getvalue()


def test_documents_become_tagged_pdfs_and_a_broken_one_is_reported_alone() -> None:
    sound = a_word_document("words")
    broken = a_document("a zip, but not Word's")
    results = dict(press.convert([("one", sound), ("broken", broken), ("two", sound), ("text", b"words")]))
    assert sorted(results) == ["broken", "one", "text", "two"]
    for name in ("one", "two"):
        data = results[name]
        assert isinstance(data, bytes)
        assert data.startswith(b"%PDF-")
        assert b"/StructTreeRoot" in data
    codes = {name: error.code for name, error in results.items() if isinstance(error, ConversionError)}
    assert codes == {"broken": "CONVERT-02", "text": "CONVERT-03"}


def test_nothing_to_convert_needs_no_libreoffice() -> None:
    assert list(press.convert([], soffice="/nowhere/soffice")) == []


@pytest.mark.parametrize("path", ["/nowhere/soffice", None])
def test_without_libreoffice_the_install_line_is_told(path: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ConverterMissing) as caught:
        list(press.convert([("one", a_document("good"))], soffice=path))
    assert caught.value.code == "CONVERT-01"
    assert "apt-get install" in str(caught.value.fix)


@pytest.mark.parametrize(
    ("mode", "code", "words"),
    [
        ("hang", "CONVERT-08", "after 3 seconds"),
        ("hang on reading", "CONVERT-08", "after 3 seconds"),
        ("crash", "CONVERT-02", "broke down"),
        ("crash on reading", "CONVERT-02", "broke down"),
        ("pass over", "CONVERT-02", "made no PDF"),
        ("half", "CONVERT-02", "made no PDF"),
        ("silent", "CONVERT-02", "made no PDF"),
    ],
)
def test_only_the_guilty_document_fails(pretender: str, mode: str, code: str, words: str) -> None:
    documents = [(str(rank), a_document(mode if rank == 2 else "good")) for rank in range(5)]
    results = dict(press.convert(documents, soffice=pretender, workers=1, timeout=3))
    assert sorted(results) == ["0", "1", "2", "3", "4"]
    failed = {name: result for name, result in results.items() if isinstance(result, ConversionError)}
    assert {name: error.code for name, error in failed.items()} == {"2": code}
    assert words in str(failed["2"])


def test_those_behind_a_guilty_one_come_before_it_is_tried_again(pretender: str) -> None:
    documents = [(str(rank), a_document("crash" if rank % 2 else "good")) for rank in range(6)]
    names = [name for name, _ in press.convert(documents, soffice=pretender, workers=1)]
    assert names == ["0", "2", "4", "1", "3", "5"]


def test_a_pdf_of_more_than_the_allowed_size_is_refused(pretender: str) -> None:
    documents = [("small", a_document("good")), ("large", a_document("good; " + "x" * 2000))]
    results = dict(press.convert(documents, soffice=pretender, workers=1, size=1500))
    assert isinstance(results["small"], bytes)
    assert isinstance(results["large"], ConversionError)
    assert results["large"].code == "CONVERT-10"


def test_each_result_bears_its_own_name(pretender: str) -> None:
    documents = [(f"name {rank} / ../é", a_document("good") + bytes([rank])) for rank in range(45)]
    results = dict(press.convert(documents, soffice=pretender, workers=2))
    assert all(isinstance(results[name], bytes) and data in results[name] for name, data in documents)  # type: ignore[operator]


def test_results_come_before_the_last_document_is_done(pretender: str) -> None:
    documents = [("good", a_document("good")), ("hang", a_document("hang"))]
    started = time.monotonic()
    results = press.convert(documents, soffice=pretender, workers=1, timeout=30)
    assert next(results)[0] == "good"
    results.close()  # type: ignore[attr-defined]
    assert time.monotonic() - started < 10


def test_a_program_killed_for_hanging_leaves_no_process_behind(pretender: str) -> None:
    list(press.convert([("hang", a_document("hang"))], soffice=pretender, workers=1, timeout=0.4))
    left = [
        entry
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and pretender.encode() in _command_line(entry)
    ]
    assert left == []


def _command_line(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""


def test_a_fresh_profile_that_asks_to_be_started_again_is(tmp_path: Path) -> None:
    path = tmp_path / "soffice"
    first = 'if [ ! -e "$HOME/once" ]; then touch "$HOME/once"; exit 81; fi'
    path.write_text(_PRETENDER.replace("#!/bin/sh\n", f"#!/bin/sh\n{first}\n"))
    path.chmod(0o755)
    ((_, result),) = press.convert([("one", a_document("good"))], soffice=str(path), workers=1)
    assert isinstance(result, bytes)


def test_a_program_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    path = tmp_path / "soffice"
    path.write_text("not a program")
    path.chmod(0o755)
    with pytest.raises(ConverterMissing) as caught:
        list(press.convert([("one", a_document("good"))], soffice=str(path), workers=1))
    assert caught.value.code == "CONVERT-05"


def test_a_temporary_folder_that_cannot_be_used_is_told(pretender: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    with pytest.raises(DiskError) as caught:
        list(press.convert([("one", a_document("good"))], soffice=pretender, workers=1))
    assert caught.value.code == "CONVERT-06"
