"""Which characters a string of a page stands for: ``ToUnicode``, or the encoding of a font (ISO 32000-1, 9.10.2)."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from typing import Final

from fontTools.agl import toUnicode
from fontTools.encodings.StandardEncoding import StandardEncoding
from pikepdf import Array, Dictionary, Name, Stream

from conventions.forms.returned import decoded

__all__ = ["UNKNOWN", "Decode", "decoder"]

Decode = Callable[[bytes], str]
UNKNOWN: Final = "\ufffd"
"""Stands for a code that the font does not explain."""

_IDENTITY: Final = frozenset({"/Identity-H", "/Identity-V"})
_UNICODE: Final = re.compile(r"/Uni\w+-(?:UCS2|UTF16)(?:-HW)?-[HV]")
_CODECS: Final = {
    "/GB-EUC-H": "gb2312",
    "/GBK-EUC-H": "gbk",
    "/GBK2K-H": "gb18030",
    "/B5pc-H": "big5",
    "/ETen-B5-H": "big5",
    "/90ms-RKSJ-H": "cp932",
    "/KSCms-UHC-H": "cp949",
}
"""Predefined CMaps that viewers use for Chinese, Japanese and Korean (ISO 32000-1, 9.7.5.2), as Python knows them."""
_BASES: Final = {"/WinAnsiEncoding": "cp1252", "/MacRomanEncoding": "mac_roman"}
_SIGNS: Final = ("Symbol", "Dingbats")
_CHARACTERS: Final = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_RANGES: Final = re.compile(rb"beginbfrange(.*?)endbfrange", re.DOTALL)
_HEX: Final = rb"<\s*([0-9A-Fa-f]{2,8})\s*>\s*"
_TEXT: Final = rb"<\s*((?:[0-9A-Fa-f]{4}){1,16})\s*>"
_PAIR: Final = re.compile(_HEX + _TEXT)
_RANGE: Final = re.compile(_HEX + _HEX + rb"(?:" + _TEXT + rb"|\[([^\]]*)\])")


def decoder(font: Dictionary) -> Decode | None:
    """How to read strings in a font; None when it does not tell which characters it shows."""
    named, encoding = font.get("/ToUnicode"), font.get("/Encoding")
    is_wide = font.get("/Subtype") == "/Type0"
    if is_wide and isinstance(encoding, Name) and encoding not in _IDENTITY:
        return _of_codec(str(encoding))
    if is_wide and not isinstance(encoding, Name):
        return None
    if isinstance(named, Stream):
        data = decoded(named)
        return None if data is None else _mapped(data, 2 if is_wide else 1)
    if isinstance(named, Name) and named in _IDENTITY:
        return _wide
    return None if is_wide else _simple(font, encoding)


def _wide(data: bytes) -> str:
    return data.decode("utf-16-be", "replace")


def _of_codec(name: str) -> Decode | None:
    if _UNICODE.fullmatch(name):
        return _wide
    codec = _CODECS.get(name)
    return None if codec is None else lambda data: codecs.decode(data, codec, "replace")


def _mapped(cmap: bytes, size: int) -> Decode:
    """By a ``ToUnicode`` map; ranges stay ranges, however long they claim to be."""
    single = {int(code, 16): _utf16(text) for part in _CHARACTERS.findall(cmap) for code, text in _PAIR.findall(part)}
    ranges = [span for part in _RANGES.findall(cmap) for span in _spans(part, single)]

    def of_code(code: int) -> str:
        if code in single:
            return single[code]
        for first, last, text in ranges:
            if first <= code <= last:
                number = int.from_bytes(text) + code - first
                return number.to_bytes(len(text) + 1)[1:].decode("utf-16-be", "replace")
        return UNKNOWN

    return lambda data: "".join(of_code(int.from_bytes(data[at : at + size])) for at in range(0, len(data), size))


def _spans(part: bytes, single: dict[int, str]) -> Iterator[tuple[int, int, bytes]]:
    for first, last, text, several in _RANGE.findall(part):
        if text:
            yield int(first, 16), int(last, 16), bytes.fromhex(text.decode())
        for rank, one in enumerate(re.findall(_TEXT, several)):
            single.setdefault(int(first, 16) + rank, _utf16(one))


def _utf16(digits: bytes) -> str:
    return bytes.fromhex(digits.decode()).decode("utf-16-be", "replace")


def _simple(font: Dictionary, encoding: object) -> Decode | None:
    """One byte a character: a known encoding, and the names of the glyphs that differ from it."""
    name = str(font.get("/BaseFont", ""))
    if any(sign in name for sign in _SIGNS):
        return None
    base = encoding.get("/BaseEncoding") if isinstance(encoding, Dictionary) else encoding
    codec = _BASES.get(str(base))
    table = [codecs.decode(bytes([code]), codec, "replace") if codec else _standard(code) for code in range(256)]
    differences = encoding.get("/Differences") if isinstance(encoding, Dictionary) else None
    code = 0
    for item in differences if isinstance(differences, Array) else ():
        if isinstance(item, int):
            code = item
        elif 0 <= code < 256:
            table[code] = toUnicode(str(item).removeprefix("/")) or UNKNOWN
            code += 1
    return lambda data: "".join(table[code] for code in data)


def _standard(code: int) -> str:
    return toUnicode(StandardEncoding[code]) or UNKNOWN
