"""The paper that goes with a letter."""

from __future__ import annotations

from conventions.documents import document_type
from conventions.office import revisions
from conventions.post import Subject
from conventions.settings import Workspace
from conventions.store import PaperRecord

__all__ = ["file_name", "subject_of", "with_bytes"]


def subject_of(workspace: Workspace, paper: PaperRecord) -> Subject:
    """What a letter about the paper, as it is now, needs to know of it.

    Raises:
        DiskError: its file is gone, or is no longer what the registry recorded.
    """
    return with_bytes(paper, revisions.shown(workspace, paper))


def with_bytes(paper: PaperRecord, data: bytes) -> Subject:
    """The same with other bytes of that paper: as somebody signed it or filled it in."""
    return Subject(
        number=paper.number,
        title=document_type(paper.document).title,
        starts_on=paper.starts_on,
        file_name=file_name(paper),
        data=data,
    )


def file_name(paper: PaperRecord) -> str:
    """What the attached file is called."""
    return f"{paper.document}-{paper.number}.pdf"
