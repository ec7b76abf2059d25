"""HAND on Word and LibreOffice: find a template, fill it, turn it into a PDF."""

from __future__ import annotations

from conventions.press.convert import convert
from conventions.press.outline import Outline, outline
from conventions.press.render import render
from conventions.press.shelf import Template, documents_available, find

__all__ = ["Outline", "Template", "convert", "documents_available", "find", "outline", "render"]
