"""What a template holds, without filling it: its articles, the values each can print, its signature boxes."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from types import MappingProxyType
from typing import Final

from lxml import etree

from conventions.press.shelf import Template

__all__ = ["Outline", "outline"]

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PICTURE: Final = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
_TAG: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
_PATH: Final = re.compile(r"[a-z_]+(?:\.[a-z_]+)+")
_BOX: Final = re.compile(r"\bsig:([a-z][a-z_]{0,30})")
_ARTICLE: Final = "art_"


@dataclass(frozen=True)
class Outline:
    """The skeleton of a template, for comparing it with others and with the law."""

    articles: Mapping[str, frozenset[str]]
    """Identifier of each article, in order, and the dotted paths its placeholders and conditions use."""
    tags: tuple[str, ...]
    """Every placeholder and condition, in order."""
    boxes: tuple[str, ...]
    """Role of each signature box, in order; a role may stand twice, which is a mistake."""


def outline(template: Template) -> Outline:
    """Read the skeleton of a template. Articles are found by their Word bookmarks ``art_<id>``."""
    with zipfile.ZipFile(BytesIO(template.data)) as package:
        body = package.read("word/document.xml")
    root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    articles: dict[str, set[str]] = {}
    tags: list[str] = []
    current: set[str] = set()
    for paragraph in root.iter(f"{_W}p"):
        for mark in paragraph.iter(f"{_W}bookmarkStart"):
            name = mark.get(f"{_W}name", "")
            if name.startswith(_ARTICLE):
                current = articles.setdefault(name.removeprefix(_ARTICLE), set())
        found = _tags(paragraph)
        tags.extend(found)
        current.update(path for tag in found for path in _PATH.findall(_QUOTED.sub("", tag)))
    boxes = (_BOX.search(picture.get("descr", "")) for picture in root.iter(_PICTURE))
    return Outline(
        MappingProxyType({key: frozenset(paths) for key, paths in articles.items()}),
        tuple(tags),
        tuple(box[1] for box in boxes if box),
    )


def _tags(paragraph: etree._Element) -> list[str]:
    words = "".join(text.text or "" for text in paragraph.iter(f"{_W}t"))
    return _TAG.findall(words.replace("’", "'"))
