"""Documents are data: LibreOffice itself, given the worst of them, fetches nothing, opens nothing and takes its due."""

from __future__ import annotations

import os
import signal
import struct
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

import docx
import pypdf
import pytest

from conventions import press
from conventions.errors import ConversionError
from conventions.press import confinement, soffice, surrender

_LOOSE = soffice._PROFILE.replace("<value>true</value>", "<value>false</value>").replace("<value>3<", "<value>0<")
"""A profile that follows links and trusts macros: what holds with it holds by the kernel alone."""
_NOTHING = press.Isolation(namespaces=False, landlock=0)
_LANDLOCK = press.isolation().landlock
_CONFINED = press.isolation().network and press.isolation().files

_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LINK = f'<Relationship Id="rX" Type="{_R}/%s" Target="%s" TargetMode="External"/></Relationships>'
_PART = f'<Relationship Id="rX" Type="{_R}/image" Target="%s"/></Relationships>'
_PICTURE = f"""<w:p><w:r><w:drawing>
<wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing">
<wp:extent cx="914400" cy="914400"/><wp:docPr id="1" name="p"/>
<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">
<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">
<pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture">
<pic:nvPicPr><pic:cNvPr id="0" name="p"/><pic:cNvPicPr/></pic:nvPicPr>
<pic:blipFill><a:blip xmlns:r="{_R}" r:%s="rX"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>
<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="914400" cy="914400"/></a:xfrm>
<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>
</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"""
_FIELD = """<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> %s </w:instrText>
</w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>result</w:t></w:r>
<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>"""
_DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
width="100" height="100"><rect width="50" height="50" fill="red"/>
<image width="100" height="100" xlink:href="%s"/></svg>"""
_CELL = "<w:tc><w:p><w:r><w:t>some words in here</w:t></w:r></w:p></w:tc>"
_TABLE = "<w:tbl><w:tblPr/><w:tblGrid>%s</w:tblGrid>%s</w:tbl><w:p/>"


def a_word_document(body: str = "", relation: str = "", parts: Mapping[str, bytes] | None = None) -> bytes:
    """Words, and what a hostile hand puts before them."""
    plain, target = BytesIO(), BytesIO()
    document = docx.Document()
    document.add_paragraph("words")
    document.save(plain)
    kinds = '<Default Extension="svg" ContentType="image/svg+xml"/><Default Extension="png" ContentType="image/png"/>'
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name in source.namelist():
            text = source.read(name)
            if name == "word/document.xml":
                text = text.replace(b"<w:body>", b"<w:body>" + body.encode())
            if name == "word/_rels/document.xml.rels" and relation:
                text = text.replace(b"</Relationships>", relation.encode())
            if name == "[Content_Types].xml":
                text = text.replace(b"<Default", kinds.encode() + b"<Default", 1)
            package.writestr(name, text)
        for name, data in (parts or {}).items():
            package.writestr(name, data)
    return target.getvalue()


def with_picture(name: str, data: bytes) -> bytes:
    return a_word_document(_PICTURE % "embed", _PART % f"media/{name}", {f"word/media/{name}": data})


def a_png(side: int) -> bytes:
    """Black, square, and small however large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packed, row = zlib.compressobj(9), b"\0" * (side * 3 + 1)
    pixels = b"".join(packed.compress(row) for _ in range(side)) + packed.flush()
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@dataclass
class Traps:
    """What documents reach for: a server that notes who asks, and a picture outside."""

    address: str
    picture: str
    asked: list[str] = field(default_factory=list)

    def documents(self) -> dict[str, bytes]:
        return {
            "linked from the net": a_word_document(_PICTURE % "link", _LINK % ("image", f"{self.address}/linked.png")),
            "field from the net": a_word_document(_FIELD % f'INCLUDEPICTURE "{self.address}/field.png" \\d'),
            "template from the net": a_word_document("", _LINK % ("attachedTemplate", f"{self.address}/t.dotx")),
            "drawn from the net": with_picture("x.svg", (_DRAWING % f"{self.address}/drawn.png").encode()),
            "linked from the disk": a_word_document(_PICTURE % "link", _LINK % ("image", self.picture)),
            "field from the disk": a_word_document(_FIELD % f'INCLUDEPICTURE "{self.picture}" \\d'),
            "text from the disk": a_word_document(_FIELD % 'INCLUDETEXT "file:///etc/passwd"'),
            "passwords": a_word_document(_PICTURE % "link", _LINK % ("image", "file:///etc/passwd")),
            "drawn from the disk": with_picture("x.svg", (_DRAWING % self.picture).encode()),
            "embedded": with_picture("x.png", a_png(20)),
        }


@pytest.fixture
def traps(tmp_path: Path) -> Iterator[Traps]:
    class Noting(BaseHTTPRequestHandler):
        def note(self) -> None:
            found.asked.append(self.path)
            self.send_error(404)

        do_GET = do_HEAD = do_OPTIONS = do_PROPFIND = note  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    picture = tmp_path / "outside.png"
    picture.write_bytes(a_png(30))
    with ThreadingHTTPServer(("127.0.0.1", 0), Noting) as server:
        found = Traps(f"http://127.0.0.1:{server.server_port}", picture.as_uri())
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield found
        server.shutdown()


def convert(documents: Mapping[str, bytes]) -> dict[str, bytes]:
    results = dict(press.convert(tuple(documents.items()), workers=1))
    assert {name: result for name, result in results.items() if not isinstance(result, bytes)} == {}
    return {name: result for name, result in results.items() if isinstance(result, bytes)}


def pictured(results: Mapping[str, bytes]) -> set[str]:
    """Those papers that show a picture made of pixels, or a word of /etc/passwd."""
    readers = {name: pypdf.PdfReader(BytesIO(data)) for name, data in results.items()}
    return {
        name
        for name, reader in readers.items()
        if any(page.images for page in reader.pages) or any("root:" in page.extract_text() for page in reader.pages)
    }


# ── network and files ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(not _CONFINED, reason="this machine cannot keep both network and files away")
def test_no_document_reaches_the_network_or_another_file(traps: Traps) -> None:
    assert pictured(convert(traps.documents())) == {"embedded"}
    assert traps.asked == []


@pytest.mark.skipif(not press.isolation().namespaces, reason="this machine allows no namespaces")
def test_a_network_of_its_own_is_enough_against_the_network(traps: Traps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confinement, "isolation", lambda: press.Isolation(namespaces=True, landlock=0))
    monkeypatch.setattr(soffice, "_PROFILE", _LOOSE)
    convert(traps.documents())
    assert traps.asked == []


@pytest.mark.skipif(_LANDLOCK < 4, reason="this kernel has no Landlock, or one that knows nothing of networks")
def test_landlock_alone_is_enough(traps: Traps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confinement, "isolation", lambda: press.Isolation(namespaces=False, landlock=_LANDLOCK))
    monkeypatch.setattr(soffice, "_PROFILE", _LOOSE)
    assert pictured(convert(traps.documents())) == {"embedded"}
    assert traps.asked == []


def test_the_profile_alone_stops_every_link_but_one_inside_a_drawing(
    traps: Traps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confinement, "isolation", lambda: _NOTHING)
    assert pictured(convert(traps.documents())) <= {"embedded", "drawn from the disk"}
    assert traps.asked == []


def test_the_traps_catch_a_libreoffice_that_nothing_holds(traps: Traps, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confinement, "isolation", lambda: _NOTHING)
    monkeypatch.setattr(soffice, "_PROFILE", _LOOSE)
    assert {"linked from the disk", "drawn from the disk"} < pictured(convert(traps.documents()))
    assert "/linked.png" in traps.asked


def test_a_machine_that_allows_nothing_says_so_and_converts(monkeypatch: pytest.MonkeyPatch) -> None:
    confinement.isolation.cache_clear()
    monkeypatch.setattr(confinement, "_NAMESPACES", ("/nowhere/unshare",))
    monkeypatch.setattr(surrender, "landlock", lambda: 0)
    try:
        assert press.isolation() == _NOTHING
        assert "own settings" in str(press.isolation().sentence)
        assert convert({"one": a_word_document()})["one"].startswith(b"%PDF-")
    finally:
        confinement.isolation.cache_clear()


def test_each_way_of_being_confined_has_its_own_sentence() -> None:
    ways = [press.Isolation(namespaces=own, landlock=version) for own in (True, False) for version in (0, 3, 4)]
    told = {(way.network, way.files): str(way.sentence) for way in ways}
    assert len(set(told.values())) == len(told) == 4


# ── macros ───────────────────────────────────────────────────────────────────────────────────────────────


_ODT = {
    "mimetype": "application/vnd.oasis.opendocument.text",
    "META-INF/manifest.xml": """<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
manifest:version="1.2">
<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>
<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>
<manifest:file-entry manifest:full-path="Basic/script-lc.xml" manifest:media-type="text/xml"/>
<manifest:file-entry manifest:full-path="Basic/Standard/script-lb.xml" manifest:media-type="text/xml"/>
<manifest:file-entry manifest:full-path="Basic/Standard/M.xml" manifest:media-type="text/xml"/>
<manifest:file-entry manifest:full-path="word/document.xml" manifest:media-type="text/xml"/></manifest:manifest>""",
    "content.xml": """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"
xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0" xmlns:dom="http://www.w3.org/2001/xml-events"
office:version="1.2"><office:scripts><office:event-listeners><script:event-listener script:language="ooo:script"
script:event-name="dom:load" xlink:href="vnd.sun.star.script:Standard.M.Main?language=Basic&amp;location=document"/>
</office:event-listeners></office:scripts>
<office:body><office:text><text:p>words</text:p></office:text></office:body></office:document-content>""",
    "Basic/script-lc.xml": """<library:libraries xmlns:library="http://openoffice.org/2000/library">
<library:library library:name="Standard" library:link="false"/></library:libraries>""",
    "Basic/Standard/script-lb.xml": """<library:library xmlns:library="http://openoffice.org/2000/library"
library:name="Standard" library:readonly="false"><library:element library:name="M"/></library:library>""",
    "Basic/Standard/M.xml": """<script:module xmlns:script="http://openoffice.org/2000/script" script:name="M"
script:language="StarBasic">Sub Main
Open "{mark}" For Output As #1
Close #1
End Sub</script:module>""",
    "word/document.xml": "<looks-like-word/>",
}


def test_a_writer_document_with_a_macro_is_not_read_whatever_it_is_called(tmp_path: Path) -> None:
    mark, target = tmp_path / "the-macro-ran", BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name, text in _ODT.items():
            package.writestr(name, text.replace("{mark}", str(mark)))
    results = dict(press.convert([("disguised", target.getvalue()), ("sound", a_word_document())], workers=1))
    assert isinstance(results["disguised"], ConversionError)
    assert results["disguised"].code == "CONVERT-02"
    assert isinstance(results["sound"], bytes)
    assert not mark.exists()


def test_a_word_document_with_macros_is_refused() -> None:
    hostile = a_word_document(parts={"word/vbaProject.bin": b"Sub AutoOpen"})
    ((_, result),) = press.convert([("macros", hostile)])
    assert isinstance(result, ConversionError)
    assert result.code == "CONVERT-03"


# ── memory and time ──────────────────────────────────────────────────────────────────────────────────────


def test_a_document_that_eats_memory_is_reported_and_the_others_come_out() -> None:
    greedy = with_picture("x.png", a_png(16_000))
    documents = [("one", a_word_document()), ("greedy", greedy), ("two", a_word_document())]
    results = dict(press.convert(documents, workers=1, memory=600 * 1024**2))
    assert isinstance(results["one"], bytes)
    assert isinstance(results["two"], bytes)
    assert isinstance(results["greedy"], ConversionError)
    assert results["greedy"].code == "CONVERT-09"
    assert "600 MB" in str(results["greedy"])


def test_a_document_that_takes_too_long_is_reported() -> None:
    endless = a_word_document(_TABLE % ("<w:gridCol/>" * 6, f"<w:tr>{_CELL * 6}</w:tr>" * 20_000))
    ((_, result),) = press.convert([("endless", endless)], workers=1, timeout=4)
    assert isinstance(result, ConversionError)
    assert result.code == "CONVERT-08"
    assert "4 seconds" in str(result)


# ── killed, called off, cleaned up ───────────────────────────────────────────────────────────────────────


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of its own, whose path is on the command line of every process started for this test."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def processes(place: Path) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and str(place).encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def left_behind(place: Path) -> list[int | Path]:
    return [*processes(place), *place.iterdir()]


def sockets(place: Path) -> set[Path]:
    """LibreOffice's own sockets; only in a network of its own can they be told from others'."""
    lines: list[str] = []
    for number in processes(place):
        with suppress(FileNotFoundError):  # one that has just ended
            lines += Path(f"/proc/{number}/net/unix").read_text().splitlines()
    return {Path(line.split()[-1]) for line in lines if "/OSL_PIPE_" in line and press.isolation().namespaces}


def test_a_libreoffice_killed_from_outside_is_started_again_and_every_document_comes_out(place: Path) -> None:
    documents = [(str(rank), a_word_document()) for rank in range(12)]
    results = press.convert(documents, workers=1)
    first, _ = next(results)
    killed = {os.getpgid(number) for number in processes(place)}
    for group in killed:
        os.killpg(group, signal.SIGKILL)
    rest = dict(results)
    assert len(killed) == 1
    assert sorted([first, *rest]) == sorted(name for name, _ in documents)
    assert all(isinstance(result, bytes) for result in rest.values())
    assert left_behind(place) == []


def test_nothing_is_left_behind_at_the_end(place: Path) -> None:
    assert len(dict(press.convert([("one", a_word_document()), ("two", a_word_document())]))) == 2
    assert left_behind(place) == []


@pytest.mark.parametrize("interruption", [RuntimeError, KeyboardInterrupt])
def test_nothing_is_left_behind_when_the_reader_breaks_off(place: Path, interruption: type[BaseException]) -> None:
    documents = [(str(rank), a_word_document()) for rank in range(8)]

    seen: set[Path] = set()

    def read() -> None:
        for _ in press.convert(documents):
            seen.update(sockets(place))
            raise interruption

    with pytest.raises(interruption):
        read()
    assert bool(seen) == press.isolation().namespaces
    assert [path for path in seen if path.exists()] == []
    assert left_behind(place) == []
