"""HAND on data files: a path becomes a dossier, or findings that say where to look."""

from conventions.intake.reading import Source, read
from conventions.intake.schema import dossier_schema

__all__ = ["Source", "dossier_schema", "read"]
