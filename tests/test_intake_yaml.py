"""Two ways through one file: libyaml's events where they are certain, and the node tree that has the last word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conventions.errors import DossierError
from conventions.intake import to_yaml, yamlevents
from conventions.intake.yaml12 import parse, parse_each
from conventions.intake.yamlevents import from_events
from conventions.intake.yamlnodes import from_nodes
from conventions.model.dossier import Dossier
from tests.any_dossier import NASTY, dossiers

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*/*.yaml"))
SPECIMENS = sorted((ROOT / "src" / "conventions" / "data").glob("*.yaml"))
LINES = [line for path in EXAMPLES for line in path.read_text(encoding="utf-8").splitlines()]
MARKS = [
    *"abé10'\": \n[]{},#|>\\&*!%@`~=-?.\t\r…€\u00a0\u0085\u2028\ufeff\x07😀",
    *(
        "\n  ",
        "\n    ",
        "\n- ",
        "\n  - ",
        ": ",
        "- ",
        "? ",
        " #",
        "\n#c\n",
        " #c\n",
        "\n\n",
        "\n \n",
        "\n   \n",
        "\r\n",
    ),
    *("|-", "|+", ">-", ">+", "|2", "|1\n", "|\n", ">\n", "\n---\n", "\n...\n", "---", "...", "%YAML 1.1\n"),
    *(
        "''",
        '""',
        '"a"',
        "'b'",
        "\\n",
        "\\/",
        "\\u00e9",
        "\\x41",
        "\\x00",
        "\\ud800",
        "\\N",
        "\\L",
        "\\_",
        "\\\n",
        '\\"',
    ),
    *("null", "True", "<<", "a: b", "\nk: v", "\nx:", "\n  y: z", "[a, b]", "{a: b}", '["a":b]', "[a: b]", "://", "a:"),
    *("&a b", "*a", "!!str x", "! x", "a?", "?a", ":a", "-a", "a#"),
]


def outcome(way: Any, text: str) -> tuple[Any, ...]:
    """What is read with its lines, or the whole refusal."""
    try:
        return ("read", *way(text))
    except DossierError as error:
        return "refused", error.code, error.place, str(error.message), str(error.fix)


def as_shipped(text: str) -> tuple[Any, dict[str, int]]:
    tree = parse(text.encode(), "f")
    return tree.data, dict(tree.lines)


def by_nodes(text: str) -> tuple[Any, dict[str, int]]:
    data, lines = from_nodes(text, "f", 0)
    if not isinstance(data, dict):
        raise DossierError("FILE-05", "", "")  # type: ignore[arg-type]
    return data, lines


def agreed(text: str) -> bool:
    """Both ways say the same of a text; whether the quick one was certain."""
    quick = from_events(text, 0)
    assert quick is None or ("read", *quick) == outcome(by_nodes, text)
    return quick is not None


@st.composite
def blocks(draw: st.DrawFn, pad: str = "", depth: int = 3) -> str:
    """Keys, lists and values, with their indentation; now and then it is a little wrong."""
    entries = []
    for rank in range(draw(st.integers(1, 3))):
        head = draw(st.sampled_from(["", "", "", " "])) + draw(
            st.sampled_from([f"k{rank}:", f"k{rank}:", f"'k{rank}' :", f'"k{rank}":', "-", "-", "? k\n:"])
        )
        if depth and draw(st.booleans()):
            deeper = pad + draw(st.sampled_from(["", " ", "  ", "    "]))
            entries.append(f"{pad}{head}\n{draw(blocks(deeper, depth - 1))}")
        else:
            entries.append(f"{pad}{head}{draw(st.sampled_from([' ', ' ', ' ', '', f'{pad}  ']))}{draw(values(pad))}")
    return draw(st.sampled_from(["\n", "\n", "\n", "\n\n", "\n#c\n", "\r\n", " \n"])).join(entries)


@st.composite
def values(draw: st.DrawFn, pad: str) -> str:
    """Plain, quoted, flowing or in a block, over one line or more."""
    head, end = draw(
        st.sampled_from(
            [("", ""), ("'", "'"), ('"', '"'), ("[", "]"), ("{", "}"), ("|", ""), (">", ""), ("|-\n  ", ""), (">2", "")]
        )
    )
    break_ = "\n" + pad + draw(st.sampled_from(["", " ", "  ", "    "]))
    return head + "".join(draw(st.lists(st.sampled_from([*MARKS, *NASTY, break_, break_]), max_size=5))) + end


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Some lines of an example, with a few strokes that went wrong."""
    start = draw(st.integers(0, len(LINES) - 1))
    text = "\n".join(LINES[start : start + draw(st.integers(1, 12))]) + draw(st.sampled_from(["", "\n"]))
    for _ in range(draw(st.integers(1, 3))):
        at, gone = draw(st.integers(0, len(text))), draw(st.integers(0, 3))
        text = text[:at] + draw(st.sampled_from(["", *MARKS])) + text[at + gone :]
    return text


noise = st.lists(st.sampled_from(MARKS), min_size=1, max_size=12).map("".join)


@settings(max_examples=500)
@given(blocks() | mutated() | noise | noise.map("a: ".__add__) | st.text().map("a: ".__add__))
@example("a: b\n...\n...")
@example("---\n...")
@example("a: |\n \n   b")
@example("a: |2#")
@example('a: ["b":c, ]')
@example("a: =")
@example("<<: b\nc: <<")
@example("a: |+\n \n   \n")
def test_what_the_quick_way_reads_is_what_is_written(text: str) -> None:
    agreed(text)


@settings(max_examples=150)
@given(mutated() | noise.map("a: ".__add__))
def test_a_refusal_has_the_same_words_and_the_same_line_whichever_way_was_asked_first(text: str) -> None:
    refused, shipped = (
        outcome(lambda words: from_nodes(words.replace("\0", ""), "f", 0), text),
        outcome(as_shipped, text),
    )
    if refused[0] == "refused" and not text.startswith("\ufeff"):
        assert shipped == refused


@settings(max_examples=25)
@given(dossiers())
def test_any_dossier_of_ours_is_read_alike(dossier: Dossier) -> None:
    agreed(to_yaml(dossier))


@pytest.mark.parametrize("path", [*EXAMPLES, *SPECIMENS], ids=lambda path: path.name)
@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["unix", "windows"])
def test_every_shipped_dossier_takes_the_quick_way(path: Path, ending: str) -> None:
    assert agreed(path.read_text(encoding="utf-8").replace("\n", ending))


@pytest.mark.parametrize(
    "text",
    [
        "a:\tb",
        "a: 'b\tc'",
        "a: b\u0085c: d",
        "a: b\u2028c: d",
        "a: b\u2029  c",
        "a: b\rc: d",
        "a: \ufeffb",
        "a: b\x7f",
        "%YAML 1.1\n---\na: b",
        "%TAG ! x:\n---\na: b",
        "a: &b c",
        "a: [&b c, *b]",
        "a: !!str b",
        "a: ! b",
        "&k a: b",
        "!!str a: b",
        "a: b\n---\nc: d",
        "a: b\n...",
        "a: =",
        "a: <<",
        "[a]: b",
        "? [a]\n: b",
        "'': b",
        "a: b\na: c",
        "- a",
        "a",
        "",
        "---",
        "# nothing",
        'a: "\\x07"',
        'a: "\\0"',
        'a: "\\ud800"',
        "a: |\n\n  b",
        "a: [b: c]",
        'a: ["b":c]',
        "a: |#\n  b",
        "a: {b: }}",
        "a: 'b",
        f"{'k' * 1_025}: v",
        f"a: b\n{'k' * 1_025}: v",
        "a: " + "[" * 31 + "]" * 31,
    ],
)
def test_what_is_read_differently_or_refused_is_left_to_the_node_tree(text: str) -> None:
    assert from_events(text, 0) is None


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        *[
            (word, word)
            for word in ("NO", "yes", "on", "y", "01000", "0x1F", "1_000", "12:30:45", ".inf", "1e3", "4.50")
        ],
        *[(word, None) for word in ("", "~", "null", "Null", "NULL")],
        *[(word, True) for word in ("true", "True", "TRUE")],
        *[(word, False) for word in ("false", "False", "FALSE")],
        *[(f'"{word}"', word) for word in ("", "~", "null", "true", "=", "<<")],
        ('"a\\/b\\u00e9\\\n  c"', "a/béc"),
        ("x\n\n  y\n  z", "x\ny z"),
        ("|-\n  x\n   y\n\n  z\n", "x\n y\n\nz"),
        (">+\n  x\n  y\n\n", "x y\n\n\n"),
        ("Attention ! Dupont & Fils * 3 % #1", "Attention ! Dupont & Fils * 3 %"),
        ("http://a.test/?b#c", "http://a.test/?b#c"),
    ],
)
def test_the_quick_way_keeps_what_was_typed(typed: str, read: object) -> None:
    assert agreed(f"a: {typed}\n")
    assert parse(f"a: {typed}\n".encode(), "f").data == {"a": read}


@pytest.mark.parametrize("inner", [28, 29, 30, 31])
@pytest.mark.parametrize("shape", ["a: {}{}", "a:\n - {}{}"])
def test_both_ways_refuse_the_same_depth(inner: int, shape: str) -> None:
    text = shape.format("[" * inner, "]" * inner)
    assert outcome(as_shipped, text) == outcome(lambda words: from_nodes(words, "f", 0), text)


@pytest.mark.parametrize("bomb", ["[", "{a: ", "- ", "? ", "{", "[{", "!", '"\n'])
def test_a_bomb_is_refused_without_a_crash(bomb: str) -> None:
    text = "a:\n  " + bomb * 100_000
    assert outcome(as_shipped, text)[1] in {"FILE-04", "FILE-06"}


@pytest.mark.filterwarnings("error")
def test_an_anchor_that_is_there_twice_is_refused_in_our_own_words_only() -> None:
    assert outcome(as_shipped, "a: &x [&x b, &x c]")[1] == "FILE-06"


def test_lines_count_from_where_the_document_begins() -> None:
    first, second = parse_each(b"a: b\n---\nc:\n- d\n-\n  e: f\n", "f")
    assert not isinstance(first, DossierError)
    assert not isinstance(second, DossierError)
    assert second.lines == {"": 3, "c": 3, "c.0": 4, "c.1": 6, "c.1.e": 6}


@pytest.mark.parametrize("path", EXAMPLES[:3], ids=lambda path: path.name)
def test_without_libyaml_everything_is_read_all_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = path.read_bytes()
    quick = parse(raw, "f")
    monkeypatch.setattr(yamlevents, "_LOADER", None)
    assert from_events(raw.decode(), 0) is None
    assert parse(raw, "f") == quick
