"""The door on the web."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from conventions.model.record import Record

__all__ = ["Oidc", "Portal"]


class Oidc(Record):
    """An identity provider for the board; the client's secret comes from ``CONVENTIONS_OIDC_SECRET``."""

    issuer: Annotated[str, Field(pattern=r"^(https://|http://(127\.0\.0\.1|localhost)[:/])\S+$")]
    """As the provider itself writes it."""
    client_id: Annotated[str, Field(min_length=1)]
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    groups_claim: str = "groups"
    """Where the provider says to which groups a person belongs."""
    secretariat: tuple[str, ...] = ()
    """Groups and verified addresses that may do everything."""
    readers: tuple[str, ...] = ()
    """Groups and verified addresses that may look."""

    @property
    def allowed(self) -> Mapping[str, frozenset[str]]:
        """Which groups and addresses open the board, by the role that they give, the stronger first."""
        named = {"secretariat": self.secretariat, "reader": self.readers}
        return {
            role: frozenset(one.casefold() if "@" in one else one for one in names) for role, names in named.items()
        }


class Portal(Record):
    """The door on the web: ``conventions serve``."""

    address: Annotated[str, Field(pattern=r"^(https?://[^/\s?#@]+)?$")] = ""
    """Where people find it, such as ``https://stages.univ-exemple.test``; empty: letters hold no link."""
    verification: Annotated[str, Field(pattern=r"^(https://[!\"$-~]{1,100})?$")] = ""
    """Where it is said how a paper is verified, such as ``https://stages.univ-exemple.test/verify``: each paper bears a
    code that leads there; empty: none."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses of the proxies whose word on the client's address is believed."""
    link_days: Annotated[int, Field(ge=1, le=365)] = 60
    """How long a link lives, unless it ends before by itself."""
    requests_per_minute: Annotated[int, Field(ge=0)] = 600
    """From one address; 0: as many as it likes. A university's people may all come from one."""
    codes_per_hour: Annotated[int, Field(ge=1)] = 6
    """Letters with a code that one link may ask for."""
    tries_per_hour: Annotated[int, Field(ge=1)] = 15
    """Codes that may be tried with one link; each code itself dies after five wrong tries."""
    oidc: Oidc | None = None
    """Who answers for people of the house; None: they have accounts here."""

    @property
    def is_secure(self) -> bool:
        """Is it reached by TLS? Then cookies never travel without."""
        return self.address.startswith("https:")
