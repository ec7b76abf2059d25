"""conventions.toml: every key explained, every wrong one refused with its line."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import BaseModel

from conventions.errors import SettingsError
from conventions.settings import Settings, load

SHIPPED = Path(__file__).parent.parent / "examples" / "conventions.toml"


def workspace(folder: Path, text: str) -> Path:
    (folder / "conventions.toml").write_text(text, encoding="utf-8")
    return folder


def test_the_shipped_settings_are_valid_and_exact(tmp_path: Path) -> None:
    settings = load(workspace(tmp_path, SHIPPED.read_text())).settings
    assert settings.rules.telework_max_ratio == Decimal("0.99")
    assert settings.circuit.circuit.roles == ("student", "company", "coordinator", "dean")
    assert settings.people.by_role.keys() == {"coordinator", "dean"}


def test_every_setting_is_named_in_the_shipped_file() -> None:
    text = SHIPPED.read_text()

    def names(model: type[BaseModel]) -> set[str]:
        return set(model.model_fields)

    for section, model in Settings.model_fields.items():
        annotation = model.annotation
        wanted = names(annotation) if isinstance(annotation, type) and issubclass(annotation, BaseModel) else {section}
        missing = [name for name in wanted - {"calendar", "delays", "smtp", "address", "president"} if name not in text]
        assert not missing, f"[{section}] does not explain {missing}"
    for name in ("latest_end", "abroad_days", "own_agreement_extra_days", "smtp", "CONVENTIONS_SMTP_PASSWORD"):
        assert name in text


@pytest.mark.parametrize(
    ("before", "after", "code", "needle"),
    [
        ("ects = 6", "ects = 6\ncolour = 3", "DATA-02", "colour = 3"),
        ("france_days = 14", 'france_days = "soon"', "DATA-04", "soon"),
        ('latest_end = "08-31"', 'latest_end = "31 August"', "DATA-09", "31 August"),
        ('roles = ["dean"]', 'roles = ["pope"]', "DATA-13", "[[circuit.steps]]"),
        ('sender = "stages@', 'sender = "at ', "DATA-09", "sender = "),
    ],
)
def test_a_wrong_key_is_refused_with_its_line(tmp_path: Path, before: str, after: str, code: str, needle: str) -> None:
    text = SHIPPED.read_text()
    assert before in text
    text = text.replace(before, after, 1)
    with pytest.raises(SettingsError) as caught:
        load(workspace(tmp_path, text))
    (finding,) = caught.value.findings
    assert finding.code == code
    assert finding.position is not None
    assert needle in text.splitlines()[finding.position.line - 1]


def test_no_settings_and_broken_settings_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path)
    assert caught.value.code == "SETTINGS-01"
    with pytest.raises(SettingsError) as caught:
        load(workspace(tmp_path, "[institution\n"))
    assert caught.value.code == "SETTINGS-02"
    assert "line 1" in str(caught.value)


def test_a_relative_registry_lies_inside_the_workspace(tmp_path: Path) -> None:
    assert str(tmp_path) in load(workspace(tmp_path, SHIPPED.read_text())).registry_url
