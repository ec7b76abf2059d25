"""An identity provider that answers for people of the house: OpenID Connect, code flow with PKCE (RFC 7636)."""

from __future__ import annotations

import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import httpx
from authlib.common.security import generate_token
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from conventions.errors import ServiceError
from conventions.settings import Oidc
from conventions.text import Text, quoted

__all__ = ["Person", "Provider", "Way"]

_ALGORITHMS: Final = ["RS256", "PS256", "ES256", "EdDSA"]
"""Signatures only: a digest under a shared secret, or none at all, proves nothing here."""
_TIMEOUT_S: Final = 10.0
_LEEWAY_S: Final = 60
"""Clocks differ."""


@dataclass(frozen=True)
class Way:
    """The way to the provider, and what must come back with the person."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Person:
    """Somebody for whom the provider answers."""

    subject: str
    label: str
    role: str
    """``secretariat``, ``reader``, or empty: known to the provider, and not allowed here."""


class Provider:
    """One provider, as the settings name it."""

    def __init__(self, settings: Oidc, address: str) -> None:
        """Take the provider's settings and the portal's own address."""
        self.settings = settings
        self.back = f"{address}/board/oidc/back"

    def way(self) -> Way:
        """Where to send somebody who wants to sign in.

        Raises:
            ServiceError: OIDC-01, the provider does not answer, or not as one.
        """
        state, nonce, verifier = generate_token(40), generate_token(40), generate_token(64)
        url = prepare_grant_uri(
            self._places()["authorization_endpoint"],
            client_id=self.settings.client_id,
            response_type="code",
            redirect_uri=self.back,
            scope=" ".join(self.settings.scopes),
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return Way(str(url), state, nonce, verifier)

    def person(self, way: Way, state: str, code: str, now: datetime) -> Person | None:
        """Whoever comes back with this code; None when that is not proved.

        Raises:
            ServiceError: OIDC-01, the provider does not answer, or not as one.
        """
        if not (code and hmac.compare_digest(state.encode(), way.state.encode())):
            return None
        places = self._places()
        token = self._token(places, code, way.verifier)
        claims = self._claims(token, places, way.nonce, now) if token else None
        return self._person(claims) if claims else None

    def _places(self) -> Mapping[str, Any]:
        places = self._json(f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration")
        wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if places.get("issuer") != self.settings.issuer or not all(
            isinstance(places.get(name), str) for name in wanted
        ):
            raise _silent(Text("it describes itself under another name, or not at all"))
        return places

    def _token(self, places: Mapping[str, Any], code: str, verifier: str) -> str:
        """The signed statement that the code is exchanged for; empty when the provider does not take the code."""
        data = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.back,
            "code_verifier": verifier,
            "client_id": self.settings.client_id,
        }
        secret = os.environ.get("CONVENTIONS_OIDC_SECRET", "")
        try:
            answer = httpx.post(
                places["token_endpoint"],
                data=data,
                auth=(self.settings.client_id, secret) if secret else None,
                timeout=_TIMEOUT_S,
            )
            body = answer.json() if answer.is_success else {}
        except (httpx.HTTPError, ValueError) as error:
            raise _silent(quoted(type(error).__name__)) from None
        return str(body.get("id_token", "")) if isinstance(body, dict) else ""

    def _claims(self, token: str, places: Mapping[str, Any], nonce: str, now: datetime) -> Mapping[str, Any] | None:
        registry = JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=_LEEWAY_S,
            iss={"essential": True, "value": self.settings.issuer},
            aud={"essential": True, "value": self.settings.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            keys = KeySet.import_key_set(self._json(places["jwks_uri"]))  # type: ignore[arg-type]
            claims = jwt.decode(token, keys, algorithms=_ALGORITHMS).claims
            registry.validate(claims)
        except (JoseError, ValueError):
            return None
        is_for_us = claims.get("azp", self.settings.client_id) == self.settings.client_id
        return claims if is_for_us else None

    def _person(self, claims: Mapping[str, Any]) -> Person:
        """Groups, and addresses that the provider has verified, open the board; nothing else."""
        names = {str(one) for one in _listed(claims.get(self.settings.groups_claim))}
        email = str(claims.get("email", "")).casefold()
        if email and claims.get("email_verified") is True:
            names.add(email)
        role = next((role for role, allowed in self.settings.allowed.items() if names & allowed), "")
        label = str(claims.get("name") or claims.get("preferred_username") or email or claims["sub"])
        return Person(str(claims["sub"])[:180], label[:200], role)

    def _json(self, url: str) -> Mapping[str, Any]:
        try:
            body = httpx.get(url, timeout=_TIMEOUT_S).raise_for_status().json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise _silent(quoted(type(error).__name__)) from None
        if not isinstance(body, dict):
            raise _silent(Text("it describes itself under another name, or not at all"))
        return body


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []


def _silent(reason: Text) -> ServiceError:
    return ServiceError(
        "OIDC-01",
        Text("the identity provider does not answer as one: {reason}", reason=reason),
        Text("try again later; the issuer stands in conventions.toml under [portal.oidc]"),
    )
