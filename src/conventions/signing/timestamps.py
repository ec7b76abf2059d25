"""Who tells the time: RFC 3161 services, tried in turn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from asn1crypto import cms
from pyhanko.sign.timestamps.aiohttp_client import HTTPTimeStamper
from pyhanko.sign.timestamps.api import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

from conventions.errors import ServiceError
from conventions.text import Text

__all__ = ["TOKEN_BYTES", "Timestamper"]

TOKEN_BYTES: Final = 12_000
"""Room for one token with its certificates; those of the qualified services in use stay under 9 kB."""


class Timestamper(TimeStamper):
    """Asks the first service that answers. One failure is never hidden: without a token there is no signature.

    The addresses are the office's own (settings), never taken from a received file.
    """

    def __init__(self, urls: Sequence[str], *, timeout: int = 10) -> None:
        """Remember the addresses; nothing is contacted yet.

        Args:
            urls: RFC 3161 addresses, in order of preference.
            timeout: seconds granted to each.
        """
        super().__init__()  # type: ignore[no-untyped-call]
        self.urls = tuple(urls)
        self._clients = [HTTPTimeStamper(url, timeout=timeout) for url in self.urls]

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """A token over a digest.

        Raises:
            ServiceError: no service gave one (TSA-01).
        """
        for client in self._clients:
            try:
                token = await client.async_timestamp(message_digest, md_algorithm)
                if _imprint(token) == message_digest:
                    return token
            except (TimestampRequestError, OSError, ValueError, TypeError, AttributeError, KeyError):
                # an answer that is not ASN.1, or not the ASN.1 it should be, ends in one of the latter four
                continue
        raise ServiceError(
            "TSA-01",
            Text("no time-stamping service answered with a time-stamp: {services}", services=self.urls),
            Text("try again later, or put another service into trust.timestamps"),
        )


def _imprint(token: cms.ContentInfo) -> bytes:
    """The digest that a token is about; a service that confuses two requests would otherwise go unnoticed."""
    info = token["content"]["encap_content_info"]["content"].parsed
    digest: bytes = info["message_imprint"]["hashed_message"].native
    return digest
