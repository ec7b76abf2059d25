"""What is read in one piece is what the library reads a sign at a time: the same values, the same errors."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.misc import PdfError

from conventions.model.roles import SEAL
from conventions.signing import at_once
from conventions.signing.writing import opened
from tests.papers import ROLES, Bench

_LINES = st.builds(
    "{:010d} {:05d} {}{}".format,
    st.integers(0, 10**10 - 1),
    st.sampled_from([0, 0, 0, 1, 9999, 10_000, 65_535, 65_536, 99_999]),
    st.sampled_from("nnnf"),
    st.sampled_from([" \n", " \r", "\r\n"]),
)
_ODD = st.sampled_from(
    ["0000000016 00000 n\n", "0000000016 00000 n \r\n", "16 0 n", "0000000016 00000 x \n", "%\n", ""]
)
_TRAILERS = st.sampled_from(
    ["trailer << /Size 9 >>", "trailer\n<<>>", "trailer <<", "trailer", " trailer\x00<<", "<< /Of (no trailer) >>"]
)
_END = "\nstartxref\n9\n%%EOF\n"


def _part(first: int, lines: list[str], missing: int, end: str) -> str:
    return f"{first} {len(lines) + missing}{end}{''.join(lines)}"


_PARTS = st.builds(
    _part,
    st.integers(0, 20),
    st.lists(_LINES, max_size=4) | st.lists(_LINES | _ODD, max_size=4),
    st.sampled_from([0, 0, 0, 0, 1]),
    st.sampled_from(["\n", "\n", "\r\n", " \n", "\n\n", " "]),
)


@given(st.binary(max_size=40) | st.text("0123456789abcdefABCDEF> \n%<", max_size=40).map(str.encode))
def test_digits_are_read_as_by_the_library(written: bytes) -> None:
    assert _read(at_once.read_digits, b"<" + written) == _read(at_once.DIGITS, b"<" + written)


@given(
    st.binary(max_size=12) | st.text("aZ09!#~.é/ (<]%\n\x00", max_size=12).map(str.encode),
    st.sampled_from([0, 127, 200]),
)
def test_names_are_read_as_by_the_library(written: bytes, length: int) -> None:
    name = b"/" + b"a" * length + written
    assert _read(at_once.read_name, name) == _read(at_once.NAME, name)


@settings(max_examples=500)
@given(st.lists(_PARTS, max_size=3).map("".join), _TRAILERS)
def test_tables_are_read_as_by_the_library(parts: str, trailer: str) -> None:
    """Strictly, as every paper is read; else the library takes a trailer for a line, and reads the end for ever."""
    table = f"\n{parts}{trailer}{_END}".encode()

    def kept(reading: Callable[..., Any], section: Any) -> object:
        return _read(
            lambda stream: (section.process_entries(reading(stream, strict=True), strict=True), vars(section)), table
        )

    assert kept(at_once.read_table, at_once.Section()) == kept(at_once.TABLE, at_once.SECTION())


def test_a_table_without_a_trailer_is_refused_where_the_library_would_read_its_end_for_ever() -> None:
    with pytest.raises(PdfError):
        at_once.read_table(BytesIO(b"\n12 0\n<<"), strict=True)


def _read(reading: Callable[[Any], Any], written: bytes) -> object:
    stream = BytesIO(b"before" + written)
    stream.seek(6)
    try:
        found = reading(stream)
    except (PdfError, ValueError, LookupError) as error:
        return type(error), str(error)
    return type(found), found, stream.tell()


def test_a_paper_is_read_in_one_piece(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DIGITS", "TABLE"):
        monkeypatch.setattr(at_once, name, None)
    reader = opened(bench.sealed)
    assert [signature.field_name for signature in reader.embedded_signatures][:2] == [SEAL, "student"]
    assert reader.xrefs.total_revisions > len(ROLES)
