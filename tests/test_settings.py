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


def with_severities(folder: Path, *lines: str) -> Path:
    text = SHIPPED.read_text()
    return workspace(folder, text.replace("[rules.severities]\n", "[rules.severities]\n" + "\n".join(lines) + "\n", 1))


@pytest.mark.parametrize("line", ['"COURSE-TIME-07" = "off"', '"LAW-PARTY-05" = "error"', 'COURSE-FILE-01 = "to do"'])
def test_a_department_says_how_grave_a_rule_is(tmp_path: Path, line: str) -> None:
    code, _, severity = line.partition(" = ")
    chosen = load(with_severities(tmp_path, line)).settings.rules.severities
    assert chosen == {code.strip('"'): severity.strip('"')}


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ('"LAW-PAY-01" = "warning"', "SETTINGS-05", "art. L124-6"),
        ('"LAW-PAY-01" = "off"', "SETTINGS-05", "cannot be loosened"),
        ('"DATA-PARTY-03" = "off"', "SETTINGS-05", "the program rests on it"),
        ('"COURSE-TIME-99" = "error"', "SETTINGS-04", "COURSE-TIME-9"),
        ('"COURSE-TIME-01" = "serious"', "DATA-06", "serious"),
    ],
)
def test_the_law_cannot_be_loosened_nor_an_unknown_rule_weighed(
    tmp_path: Path, line: str, code: str, words: str
) -> None:
    folder = with_severities(tmp_path, '"COURSE-TIME-07" = "information"', line)
    with pytest.raises(SettingsError) as caught:
        load(folder)
    (finding,) = caught.value.findings
    assert finding.code == code
    assert words in str(finding.message)
    assert finding.position is not None
    assert (folder / "conventions.toml").read_text().splitlines()[finding.position.line - 1] == line


def test_an_unknown_rule_is_told_the_nearest_and_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    folder = with_severities(tmp_path, '"LAW-PAY-1" = "error"', '"LAW-PAY-01" = "off"', '"COURSE-PAY-01" = "grave"')
    with pytest.raises(SettingsError) as caught:
        load(folder)
    fixes = {finding.code: str(finding.fix) for finding in caught.value.findings}
    assert fixes.keys() == {"DATA-06", "SETTINGS-04", "SETTINGS-05"}
    assert "LAW-PAY-01" in fixes["SETTINGS-04"]
