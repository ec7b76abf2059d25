"""HAND on configuration: ``conventions.toml``, read once, unknown keys refused with their line.

Secrets are never in the file: it names where a key lies, the environment holds its pass-phrase.
"""

from conventions.settings.circuits import CircuitSettings
from conventions.settings.delivery import Delivery, Imap, Smtp
from conventions.settings.keeping import Retention, Seda
from conventions.settings.loading import load
from conventions.settings.papers import RegistrarColumn
from conventions.settings.web import Oidc, Portal
from conventions.settings.workspace import FILE_NAME, Settings, Workspace

__all__ = [
    "FILE_NAME",
    "CircuitSettings",
    "Delivery",
    "Imap",
    "Oidc",
    "Portal",
    "RegistrarColumn",
    "Retention",
    "Seda",
    "Settings",
    "Smtp",
    "Workspace",
    "load",
]
