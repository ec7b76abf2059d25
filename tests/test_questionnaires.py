"""The questions of the evaluation forms: the shipped ones, a department's own, and every mistake with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from conventions import questionnaires
from conventions.errors import SettingsError
from conventions.languages import LANGUAGES
from conventions.model.finding import Finding
from conventions.model.grading import Component
from conventions.model.question import YES_NO, Question
from conventions.questionnaires import read, shipped
from conventions.tomltext import line_finder
from tests.builders import EXAMPLES

AUDIENCES: Final = ("host", "referent", "student", "entrepreneurship")
SHIPPED: Final = (Path(questionnaires.__file__).parent / "data" / questionnaires.FILE_NAME).read_text(encoding="utf-8")

OWN: Final = """
[scales.speed]
points = [
  { value = "a", fr = "a", en = "a", es = "a", de = "a" },
  { value = "b", fr = "b", en = "b", es = "b", de = "b" },
  { value = "c", fr = "c", en = "c", es = "c", de = "c" },
  { value = "d", fr = "d", en = "d", es = "d", de = "d" },
  { value = "e", fr = "e", en = "e", es = "e", de = "e" },
]

[[host.sections]]
key = "first"
title.fr = "Premier"
title.en = "First"
title.es = "Primero"
title.de = "Erstens"

[[host.sections.questions]]
key = "pace"
kind = "scale"
scale = "speed"
label = { fr = "Rythme", en = "Pace", es = "Ritmo", de = "Tempo" }

[[host.sections]]
key = "second"
title = { fr = "Second", en = "Second", es = "Segundo", de = "Zweitens" }

[[host.sections.questions]]
key = "again"
kind = "yes_no"
label = { fr = "Encore ?", en = "Again?", es = "¿Otra vez?", de = "Wieder?" }

[[host.sections.questions]]
key = "why"
kind = "text"
max_length = 100
follow_up_of = { question = "again", values = ["no"] }
label = { fr = "pourquoi ?", en = "why?", es = "¿por qué?", de = "warum?" }

[[host.sections.questions]]
key = "channel"
kind = "choice"
options = [
  { value = "mail", fr = "courriel", en = "e-mail", es = "correo", de = "E-Mail" },
  { value = "phone", fr = "téléphone", en = "telephone", es = "teléfono", de = "Telefon" },
]
label = { fr = "Par", en = "By", es = "Por", de = "Über" }

[[host.sections.questions]]
key = "mark"
kind = "number"
component = "host"
label = { fr = "Note", en = "Mark", es = "Nota", de = "Note" }
"""


def questions() -> Iterator[tuple[str, str, Question]]:
    for audience in AUDIENCES:
        for name, question in getattr(shipped(), audience).named.items():
            yield audience, name, question


def refusal(text: str) -> tuple[Finding, ...]:
    with pytest.raises(SettingsError) as caught:
        read(text, "ours.toml")
    assert caught.value.code == "QUESTIONS-02"
    assert isinstance(caught.value.findings, tuple)
    return caught.value.findings


def line_of(finding: Finding, text: str) -> str:
    assert finding.position is not None
    assert finding.position.file == "ours.toml"
    return text.splitlines()[finding.position.line - 1]


# ── the shipped questions ────────────────────────────────────────────────────────────────────────────────


def test_the_shipped_questions_give_each_component_of_the_grade_once() -> None:
    given = {audience: [] for audience in AUDIENCES}  # type: dict[str, list[Component]]
    for audience, _, question in questions():
        if question.component:
            given[audience].append(question.component)
    assert given == {
        "host": [Component.HOST],
        "referent": [Component.REPORT, Component.DEFENCE, Component.PROFESSIONALISM],
        "student": [],
        "entrepreneurship": [Component.HOST],
    }


def test_every_shipped_question_is_really_put_in_four_languages() -> None:
    for audience, name, question in questions():
        words = {question.label.said(code) for code in LANGUAGES}
        assert len(words) >= 3, f"{audience} {name}: {words}"


def test_the_shipped_words_have_the_typography_of_their_language() -> None:
    for audience, name, question in questions():
        for code in LANGUAGES:
            words = question.label.said(code)
            assert "'" not in words, f"{audience} {name} {code}"
            assert words == words.strip()
        assert not re.search(r"[ \w][:;?!»]|« ", question.label.said("fr").replace("\u00a0", "~")), name
        assert question.label.es.count("?") == question.label.es.count("¿"), name


def test_the_shipped_questions_say_what_they_are_when_one_looks_at_the_file() -> None:
    explained = SHIPPED.partition("[scales")[0]
    for name in Question.model_fields:
        assert f"#   {name} " in explained, f"{name} is not explained at the head of the file"


def test_a_follow_up_is_asked_after_answers_that_exist() -> None:
    follow_ups = [question for *_, question in questions() if question.follow_up_of]
    assert len(follow_ups) >= 6
    assert shipped().answers(next(question for *_, question in questions() if question.kind == "yes_no")) == YES_NO


def test_the_questions_are_read_once() -> None:
    assert shipped() is shipped()


# ── a department's own ───────────────────────────────────────────────────────────────────────────────────


def test_what_a_department_does_not_word_itself_stays_as_shipped() -> None:
    own = read(OWN)
    assert list(own.host.named) == ["first.pace", "second.again", "second.why", "second.channel", "second.mark"]
    assert (own.referent, own.student) == (shipped().referent, shipped().student)
    assert {*own.scales} == {*shipped().scales, "speed"}
    assert read("") == read(SHIPPED) == shipped()


def test_a_scale_can_be_reworded_without_its_questions() -> None:
    text = OWN.partition("[[host")[0].replace("speed", "quality")
    assert read(text).scales["quality"].points[0].fr == "a"
    with pytest.raises(SettingsError):
        read(text.replace('value = "a"', 'value = "b"'))


def test_plain_spaces_and_apostrophes_become_those_of_the_language() -> None:
    text = OWN.replace("pourquoi ?", "« pourquoi » l'équipe ?").replace("why?", "it's why ?")
    label = read(text).host.named["second.why"].label
    assert label.said("fr") == "«\u00a0pourquoi\u00a0» l’équipe\u00a0?"
    assert label.said("en") == "it’s why ?"
    assert label.said("es") == "¿por qué?"


def test_the_examples_of_the_how_to_are_read() -> None:
    page = (EXAMPLES.parent / "docs" / "how-to" / "change-the-evaluation-questions.md").read_text(encoding="utf-8")
    settings, *examples = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert "questionnaires" in settings
    own = read("\n".join(examples))
    assert list(own.host.named) == ["overall.host_again", "overall.host_again_why"]
    assert own.scales == shipped().scales


@pytest.mark.parametrize(
    ("before", "after", "code", "needle", "words"),
    [
        ('title.de = "Erstens"\n', "", "DATA-01", "title.fr = ", "title.de"),
        ('title.de = "Erstens"', 'title.it = "Primo"', "DATA-02", "title.it = ", "title.it"),
        ('key = "pace"', 'key = "Pace"', "DATA-09", 'key = "Pace"', "“Pace”"),
        ('kind = "yes_no"', 'kind = "maybe"', "DATA-06", 'kind = "maybe"', "“maybe”"),
        ('key = "second"', 'key = "first"', "DATA-12", 'key = "first"', "second time"),
        ('key = "second"', 'key = "form"', "DATA-12", 'key = "form"', "kept for"),
        ('key = "why"', 'key = "again"', "DATA-12", 'key = "again"', "second time"),
        ('scale = "speed"', 'scale = "pace"', "DATA-12", 'scale = "pace"', "the scales are"),
        (
            'kind = "scale"\nscale = "speed"',
            'kind = "scale"',
            "DATA-12",
            "[[host.sections.questions]]",
            "no such scale",
        ),
        ('kind = "yes_no"', 'kind = "yes_no"\nscale = "speed"', "DATA-12", 'scale = "speed"', "kind scale"),
        ('kind = "yes_no"', 'kind = "yes_no"\nmax_length = 9', "DATA-12", "max_length = 9", "kind text"),
        ("max_length = 100", "max_length = 9000", "DATA-12", "max_length = 9000", "9000"),
        ('question = "again"', 'question = "channel"', "DATA-12", "follow_up_of", "no earlier question"),
        ('question = "again"', 'question = "pace"', "DATA-12", "follow_up_of", "no earlier question"),
        ('values = ["no"]', 'values = ["never"]', "DATA-12", "follow_up_of", "has no such answer"),
        ('value = "phone"', 'value = "mail"', "DATA-12", 'fr = "téléphone"', "second time"),
        ('de = "Telefon"', 'de = "E-Mail"', "DATA-12", 'fr = "téléphone"', "second time"),
        ('value = "e"', 'value = "d"', "DATA-12", 'value = "d", fr = "e"', "second time"),
        ('component = "host"', 'component = "report"', "DATA-12", 'component = "report"', "no such mark"),
        ('component = "host"', 'component = "luck"', "DATA-06", 'component = "luck"', "“luck”"),
        ('kind = "number"', 'kind = "date"', "DATA-12", 'component = "host"', "kind number"),
        ("[[host.sections]]", "[hosts]\n[[host.sections]]", "DATA-02", "[hosts]", "hosts"),
    ],
)
def test_every_mistake_is_told_with_its_line(before: str, after: str, code: str, needle: str, words: str) -> None:
    assert before in OWN
    text = OWN.replace(before, after, 1)
    finding = next(one for one in refusal(text) if one.code == code)
    assert needle in line_of(finding, text)
    assert words in str(finding.message)


def test_a_scale_has_five_points() -> None:
    (finding,) = refusal(re.sub(r'  \{ value = "e".*\n', "", OWN))
    assert finding.field == "scales.speed.points"


def test_a_choice_has_two_options_at_least() -> None:
    (finding,) = refusal(re.sub(r'  \{ value = "phone".*\n', "", OWN))
    assert "two options" in str(finding.message)


def test_the_student_gives_no_mark() -> None:
    text = OWN.replace("host.sections", "student.sections")
    (finding,) = refusal(text)
    assert line_of(finding, text) == 'component = "host"'
    assert read(text.replace('component = "host"\n', "")).student.named["second.mark"].kind == "number"


def test_a_mark_is_given_once() -> None:
    mark = OWN[OWN.rindex("[[host.sections.questions]]") :]
    (finding,) = refusal(OWN + mark.replace('key = "mark"', 'key = "again_mark"'))
    assert "earlier question" in str(finding.message)


def test_all_mistakes_are_told_at_once() -> None:
    text = OWN.replace('question = "again"', 'question = "x"').replace('component = "host"', 'component = "defence"')
    text = text.replace('scale = "speed"', 'scale = "none"')
    assert len({line_of(finding, text) for finding in refusal(text)}) == 3


def test_what_is_no_toml_says_where() -> None:
    with pytest.raises(SettingsError) as caught:
        read('[host\nkey = "x"', "ours.toml")
    assert (caught.value.code, caught.value.place) == ("QUESTIONS-01", "ours.toml")
    assert "line 1" in str(caught.value)


@pytest.mark.parametrize("text", ["host = 3", "scales = 3", "scales.quality = 3", "[[host]]", 'host.sections = "x"'])
def test_what_has_another_shape_is_refused(text: str) -> None:
    assert refusal(text)


# ── lines ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", [SHIPPED, OWN, (EXAMPLES / "conventions.toml").read_text(encoding="utf-8")])
def test_the_line_of_every_value_is_found(text: str) -> None:
    lines, find = text.splitlines(), line_finder(text)
    values = [(path, value) for path, value in leaves(tomllib.loads(text)) if isinstance(value, str) and value]
    assert len(values) > 20
    for path, value in values:
        assert value in lines[find(path) - 1], path


def leaves(data: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else None
    if items is None:
        yield path, data
        return
    for key, value in items:
        yield from leaves(value, f"{path}.{key}".lstrip("."))


def test_an_unknown_path_has_the_line_of_its_group_and_nothing_the_first() -> None:
    find = line_finder("\n[a]\nb = 1\n\n[a.c]\nd = 2\n")
    assert [find(path) for path in ("a.x", "a.c.y.z", "a.c", "q", "")] == [2, 5, 5, 1, 1]
