"""Secrets of keys, asked for when they are needed: from a file descriptor, the environment or a prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from conventions.cli.desk import ask_secret
from conventions.cli.speech import translated

if TYPE_CHECKING:
    from conventions.signing import Secrets

__all__ = ["seal_secrets", "signer_secrets"]

_Kind = Literal["passphrase", "pin", "code", "access"]
_ELSEWHERE: Final = {"code": "CONVENTIONS_OTP", "access": "CONVENTIONS_CSC_TOKEN"}
"""Where the secrets come from that are nobody's own for long; a descriptor gives none of them."""


def signer_secrets(descriptor: int | None) -> Secrets:
    """Of the key of a person who signs."""
    return _secrets({"passphrase": "CONVENTIONS_PASSPHRASE", "pin": "CONVENTIONS_PIN"}, descriptor)


def seal_secrets(descriptor: int | None) -> Secrets:
    """Of the institution's seal."""
    seal = "CONVENTIONS_SEAL_PASSPHRASE"
    return _secrets({"passphrase": seal, "pin": seal}, descriptor)


def _secrets(own: dict[str, str], descriptor: int | None) -> Secrets:
    questions = {
        "passphrase": translated("Pass-phrase of {label}"),
        "pin": translated("PIN of {label}"),
        "code": translated("One-time code of {label}"),
        "access": translated("Access token of {label}, if it wants one"),
    }

    def ask(kind: _Kind, label: str) -> bytes:
        question = questions[kind].format(label=label)
        return ask_secret(question, {**own, **_ELSEWHERE}[kind], descriptor if kind in own else None)

    return ask
