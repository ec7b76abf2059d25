"""The door of a remote signing service: JSON over HTTP, with an answer or an error that says what to do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp

from conventions.errors import ConventionsError, KeyUnreadable, ServiceError, WrongPassphrase
from conventions.text import Text, quoted

__all__ = ["Service", "nonsense"]

_TIMEOUT: Final = aiohttp.ClientTimeout(total=60, connect=10)
"""Seconds; a service may wait until its holder has confirmed on a telephone."""
_LARGEST: Final = 1_000_000
_LONGEST_WORDS: Final = 200


@dataclass(frozen=True)
class Service:
    """One credential at one service."""

    url: str
    credential: str
    access: str = field(repr=False)
    """OAuth 2.0 bearer token; empty when the service wants none."""

    async def ask(self, method: str, **given: object) -> Mapping[str, Any]:
        """Call a method of the API for this credential.

        Raises:
            ServiceError: unreachable or failing (CSC-01), or it answers nonsense (CSC-06).
            KeyUnreadable: access refused (CSC-02), credential unknown (CSC-03), any other refusal (CSC-07).
            WrongPassphrase: PIN or code wrong (PIN-01) or locked (PIN-03).
        """
        status, body = await self._answer(method, {"credentialID": self.credential, **given})
        if status >= 500:
            raise self._unreachable(f"HTTP {status}")
        try:
            told = json.loads(body) if body.strip() else {}
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise (nonsense(self.url) if status < 300 else self._refused(status, {}))
        if status >= 300:
            raise self._refused(status, told)
        return told

    async def _answer(self, method: str, body: dict[str, object]) -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {self.access}"} if self.access else {}
        try:
            async with (
                aiohttp.ClientSession(timeout=_TIMEOUT) as session,
                # a redirection would carry the token and the PIN to an address that nobody named
                session.post(
                    f"{self.url}/csc/v1/{method}", json=body, headers=headers, allow_redirects=False
                ) as response,
            ):
                return response.status, await response.content.read(_LARGEST)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise self._unreachable(str(error) or type(error).__name__) from error

    def _unreachable(self, problem: str) -> ServiceError:
        return ServiceError(
            "CSC-01",
            Text("the signing service does not answer: {problem}", problem=quoted(problem)),
            Text("try again later; nothing was signed"),
            place=self.url,
        )

    def _refused(self, status: int, told: Mapping[str, Any]) -> ConventionsError:
        """What an error means (10.1, 11.5 to 11.9)."""
        code, words = str(told.get("error", "")), str(told.get("error_description", ""))[:_LONGEST_WORDS]
        if code in {"invalid_pin", "invalid_otp"}:
            return WrongPassphrase(
                "PIN-01",
                Text("the signing service says that the PIN or the one-time code is wrong"),
                Text("type it again; after a few wrong ones the credential is locked"),
                place=self.url,
            )
        if "lock" in words.casefold():
            return WrongPassphrase(
                "PIN-03",
                Text("the credential is locked: {problem}", problem=quoted(words)),
                Text("have it unlocked by the signing service"),
                place=self.url,
            )
        if status in {401, 403} or code in {"invalid_token", "access_denied", "unauthorized"}:
            return KeyUnreadable(
                "CSC-02",
                Text("the signing service refuses access: {problem}", problem=quoted(words or f"HTTP {status}")),
                Text("set CONVENTIONS_CSC_TOKEN to a token that the service has given to you and that is still good"),
                place=self.url,
            )
        if "credentialid" in words.casefold():
            return KeyUnreadable(
                "CSC-03",
                Text("the signing service knows no credential {name}", name=self.credential),
                Text("copy the credential's identifier from the service's own page"),
                place=self.url,
            )
        return KeyUnreadable(
            "CSC-07",
            Text("the signing service refuses: {problem}", problem=quoted(f"{code} {words}".strip() or status)),
            Text("ask the signing service what it wants"),
            place=self.url,
        )


def nonsense(url: str) -> ServiceError:
    """What is said of an answer that is not of the protocol."""
    return ServiceError(
        "CSC-06",
        Text("the signing service answers something that is not CSC API 1.0.4"),
        Text("check its address: it is what precedes /csc/v1/"),
        place=url,
    )
