"""Whatever somebody writes into a template: what passes can be filled, and nothing makes the check stumble."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Final

import docx
from hypothesis import given, settings
from hypothesis import strategies as st

from conventions import pipeline, press
from conventions.languages import Language
from conventions.press import Template
from conventions.text import Text

CONTEXT: Final[dict[str, object]] = {
    "who": {"name": "Ada", "born": date(2004, 5, 1), "is_minor": False, "tags": ("a", "b")},
    "rows": ({"label": "x", "amount": Decimal("4.50")}, {"label": "y", "amount": Decimal(5)}),
    "said": Text("hello"),
    "total": Decimal("9.50"),
}
STANDARD: Final = press.Standard(press.shape_of([CONTEXT]))
ABOUT_TAGS: Final = frozenset(f"LINT-{rank:02d}" for rank in range(1, 6))


def a_template(*words: str) -> Template:
    document = docx.Document()
    for line in words:
        document.add_paragraph(line)
    target = BytesIO()
    document.save(target)
    data = target.getvalue()
    return Template("convention", "fr", Path("convention.docx"), sha256(data).hexdigest(), data)


def about_tags(template: Template) -> list[str]:
    return [one.code for one in press.lint(template, STANDARD) if one.code in ABOUT_TAGS]


_NAMES: Final = ("who", "who.name", "who.born", "who.is_minor", "who.tags", "rows", "said", "total", "row.label", "row",
                 "row.amount", "whom", "who.nam", "loop.index", "'text'", "3", "who.name.upper()",
                 "rows[0].label")  # fmt: skip
_FILTERS: Final = ("", "| date", "| date('short')", "| money('EUR')", "| money", "| number(2)", "| join", "| upper",
                   "| length", "| first", "| say", "| hours", "| country", "| nothing", "| date('lang')")  # fmt: skip
values = st.builds("{} {}".format, st.sampled_from(_NAMES), st.sampled_from(_FILTERS))
simple = values.map("{{{{ {} }}}}".format)
conditions = st.builds("{{% if {} %}}{}{{% else %}}{}{{% endif %}}".format, values, simple, simple)
loops = st.builds("{{% for row in {} %}}{}{}{{% endfor %}}".format, values, simple, conditions)
tags = simple | conditions | loops | st.sampled_from(("{{ who.name", "{% endif %}", "{% if total %}", "plain"))


@settings(max_examples=60)
@given(st.lists(tags, min_size=1, max_size=3))
def test_what_passes_can_be_filled(words: list[str]) -> None:
    template = a_template(*words)
    if about_tags(template):
        return
    filling = press.Filling(template, CONTEXT, Language("fr"))
    press.render(filling, title="x", author="x", now=pipeline.SPECIMEN_NOW)


@settings(max_examples=40)
@given(st.text(st.sampled_from("{}%#_ .|'()[]ifendorwhu=\u00a0“"), max_size=60))
def test_no_words_make_it_stumble(words: str) -> None:
    assert isinstance(about_tags(a_template(words)), list)


def test_what_is_nested_too_deeply_is_told() -> None:
    assert about_tags(a_template("{{ " + "(" * 3000 + "total" + ")" * 3000 + " }}")) == ["LINT-03"]
    deep = ["{%p if total %}"] * 900 + ["x"] + ["{%p endif %}"] * 900
    assert about_tags(a_template(*deep)) == ["LINT-03"]


@settings(max_examples=25)
@given(st.data())
def test_no_damage_makes_it_stumble(data: st.DataObject) -> None:
    whole = a_template("{{ who.name }}").data
    at = data.draw(st.integers(0, len(whole) - 1))
    flipped = whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :]
    press.lint(Template("convention", "fr", Path("x.docx"), sha256(flipped).hexdigest(), flipped), STANDARD)
