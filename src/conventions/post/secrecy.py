"""A password travels only where nobody can listen."""

from __future__ import annotations

from ipaddress import ip_address

from conventions.errors import ServiceError
from conventions.text import Text

__all__ = ["assert_secret_is_safe"]


def assert_secret_is_safe(host: str, port: int, security: str, user: str) -> None:
    """Refuse to log in over an open connection, this very machine excepted.

    Raises:
        ServiceError: MAIL-08, a password would travel in clear.
    """
    if user and security == "none" and not _is_loopback(host):
        raise ServiceError(
            "MAIL-08",
            Text("the password for {server} would travel unprotected", server=host),
            Text('set security = "starttls" or "tls" in conventions.toml'),
            place=f"{host}:{port}",
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
