"""Whom to believe, and who tells the time."""

from __future__ import annotations

from conventions import signing
from conventions.pipeline import Services
from conventions.settings import Workspace

__all__ = ["services_of"]


def services_of(workspace: Workspace) -> Services:
    """Trust and time-stamps, as the settings of the workspace say.

    Raises:
        SettingsError, DiskError: an authority that they name cannot be read.
    """
    trust = workspace.settings.trust
    roots = [workspace.path(name) for name in trust.roots]
    others = [workspace.path(name) for name in trust.intermediates]
    return Services(
        trust=signing.load_trust(
            roots,
            intermediates=others,
            hosts=trust.revocation_hosts,
            qualified=[workspace.path(name) for name in trust.qualified],
        ),
        timestamper=signing.Timestamper(trust.timestamps) if trust.timestamps else None,
    )
