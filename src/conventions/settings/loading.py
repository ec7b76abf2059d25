"""``conventions.toml``, read once, unknown keys refused with their line."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from conventions import questionnaires, rules
from conventions.errors import SettingsError
from conventions.model.complaints import findings_from
from conventions.model.finding import Finding, Position, Severity
from conventions.settings.workspace import FILE_NAME, Settings, Workspace
from conventions.text import Text, counted, quoted
from conventions.tomltext import line_finder

__all__ = ["load"]

_Locate = Callable[[str], Position]
_SEVERITIES: Final = frozenset({*Severity, "off"})


def load(root: Path) -> Workspace:
    """Read ``conventions.toml`` of a workspace.

    Raises:
        SettingsError: no such file, not TOML, or keys that are unknown or wrong: all of them, each with its line.
    """
    path = root / FILE_NAME
    text = _text(path)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            "SETTINGS-02",
            Text("the file is not TOML: {problem}", problem=quoted(error)),
            Text("correct the line that is named"),
            place=str(path),
        ) from None
    line_of = line_finder(text)

    def locate(field: str) -> Position:
        return Position(str(path), line_of(field))

    settings, findings = _validated(data, locate)
    findings += tuple(_severity_findings(data, locate))
    if settings is None or findings:
        raise SettingsError(
            "SETTINGS-03",
            counted("one setting is unknown or wrong", "{n} settings are unknown or wrong", n=len(findings)),
            Text("correct them; every setting is explained in the file that `conventions init` writes"),
            place=str(path),
            findings=findings,
        )
    return Workspace(root, _with_own_questions(settings, root))


def _with_own_questions(settings: Settings, root: Path) -> Settings:
    name = settings.documents.questionnaires
    if not name:
        return settings
    if not (root / name).is_file():
        raise SettingsError(
            "SETTINGS-06",
            Text("the evaluation questions {name} are not there", name=name),
            Text("correct documents.questionnaires in conventions.toml, or leave it empty for the shipped questions"),
            place=str(root / FILE_NAME),
        )
    return settings.asking(questionnaires.read(_text(root / name), str(root / name)))


def _validated(data: Mapping[str, Any], locate: _Locate) -> tuple[Settings | None, tuple[Finding, ...]]:
    try:
        return Settings.model_validate(data), ()
    except ValidationError as error:
        return None, findings_from(error, locate)


def _severity_findings(data: Mapping[str, Any], locate: _Locate) -> Iterator[Finding]:
    """What is wrong with the severities chosen for rules: codes that do not exist, law that would be loosened."""
    group = data.get("rules")
    chosen = group.get("severities") if isinstance(group, dict) else None
    for code, severity in (chosen if isinstance(chosen, dict) else {}).items():
        field = f"rules.severities.{code}"
        rule = rules.find(code)
        if rule is None:
            yield _finding("SETTINGS-04", *_unknown_rule(code), field, locate)
        elif severity in _SEVERITIES and not rule.may_weigh(severity):
            yield _finding("SETTINGS-05", *_loosened(rule, severity), field, locate)


def _finding(code: str, message: Text, fix: Text, field: str, locate: _Locate) -> Finding:
    return Finding(code, Severity.ERROR, message, fix, field=field, position=locate(field))


def _unknown_rule(code: str) -> tuple[Text, Text]:
    nearest = rules.nearest(code)
    return (
        Text("there is no rule “{code}”", code=code),
        Text("write one of {nearest}; `conventions explain` lists every code", nearest=nearest)
        if nearest
        else Text("take the line out; `conventions explain` lists every code"),
    )


def _loosened(rule: rules.Rule, severity: str) -> tuple[Text, Text]:
    chosen = "off" if severity == "off" else Severity(severity)
    return (
        Text(
            "{code} cannot be loosened from “{shipped}” to “{chosen}”: {source}",
            code=rule.code,
            shipped=rule.severity.value,
            chosen=str(chosen),
            source=rule.source if rule.code.startswith("LAW-") else Text("the program rests on it"),
        ),
        Text("take the line out, or make the rule stricter"),
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SettingsError(
            "SETTINGS-01",
            Text("there is no {name} in {folder}", name=FILE_NAME, folder=str(path.parent.resolve())),
            Text("go into a workspace, name one with --workspace, or make one with `conventions init DIR`"),
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            "SETTINGS-02",
            Text("the file cannot be read: {problem}", problem=quoted(error)),
            Text("check its permissions and that it is UTF-8 text"),
            place=str(path),
        ) from None
