"""Builds the shipped Word templates from one plain text per language: ``python -m typesetting``.

A developer's tool, not part of the package. The templates are committed; a secretary edits a copy of them in Word.
"""
