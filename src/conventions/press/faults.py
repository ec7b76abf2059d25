"""Why one document did not come out, how much one may take, and the words for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from conventions.errors import ConversionError
from conventions.text import Text

__all__ = ["Fault", "Limits", "failure", "not_word"]

_MEGA: Final = 1024 * 1024


class Fault(Enum):
    """What befell a document in LibreOffice."""

    REFUSED = auto()
    """LibreOffice went on, or left in good order, without a PDF of it."""
    DIED = auto()
    HUNG = auto()
    GREEDY = auto()
    """It took more memory than a worker may."""
    LARGE = auto()

    @property
    def ends_the_process(self) -> bool:
        """True when the documents behind it were not reached."""
        return self in (Fault.DIED, Fault.HUNG, Fault.GREEDY)


@dataclass(frozen=True)
class Limits:
    """What one document may take."""

    timeout: float
    """Seconds."""
    memory: int
    """Bytes that all processes of one LibreOffice may hold together."""
    size: int
    """Bytes of the PDF."""


def failure(name: str, fault: Fault, limits: Limits) -> ConversionError:
    """The error of one document, after a second trial alone (CONVERT-02, -08, -09, -10)."""
    code, message = _told(name, fault, limits)
    return ConversionError(
        code,
        message,
        Text("open the document in LibreOffice Writer to see what disturbs it; other papers are not concerned"),
    )


def _told(name: str, fault: Fault, limits: Limits) -> tuple[str, Text]:
    match fault:
        case Fault.REFUSED:
            return "CONVERT-02", Text("LibreOffice made no PDF of {name}, alone and a second time", name=name)
        case Fault.DIED:
            return "CONVERT-02", Text("LibreOffice broke down over {name}, alone and a second time", name=name)
        case Fault.HUNG:
            return "CONVERT-08", Text(
                "LibreOffice was not done with {name} after {seconds} seconds, alone and a second time",
                name=name,
                seconds=f"{limits.timeout:g}",
            )
        case Fault.GREEDY:
            return "CONVERT-09", Text(
                "LibreOffice took more than {size} MB of memory for {name}, alone and a second time",
                name=name,
                size=limits.memory // _MEGA,
            )
        case Fault.LARGE:
            return "CONVERT-10", Text(
                "the PDF of {name} is larger than {size} MB", name=name, size=limits.size // _MEGA
            )


def not_word(name: str) -> ConversionError:
    """The error of what is never handed to LibreOffice (CONVERT-03)."""
    return ConversionError(
        "CONVERT-03",
        Text("{name} is not a Word document, or it holds macros", name=name),
        Text("save the template again as .docx"),
    )
