"""A template held against the law's mandatory mentions, and against the French text that it must agree with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from conventions.press.reading import Reading
from conventions.press.remarks import Remark, Spot
from conventions.press.vocabulary import FLAG, Shape
from conventions.text import Text

if TYPE_CHECKING:
    from conventions.documents.mentions import Mention

__all__ = ["article_remarks", "mention_remarks", "value_remarks"]

_LAW: Final = "art. D124-4 Code de l'éducation"
_COPY: Final = Text("copy it from the shipped template, with its heading: its bookmark is how the article is known")


def mention_remarks(reading: Reading, mentions: Iterable[Mention], vocabulary: Shape) -> Iterator[Remark]:
    """Mandatory mentions whose article is not there (LINT-06), or whose values the article does not print (LINT-07)."""
    there, told = frozenset(reading.articles), set[str]()
    for mention in mentions:
        if mention.article in there:
            if reading.is_understood:
                yield from _unprinted(reading, mention, vocabulary)
        elif mention.article not in told:
            told.add(mention.article)
            what = Text("mandatory mention {number} is missing: there is no article “{article}”",
                        number=mention.number, article=mention.article)  # fmt: skip
            yield Remark("LINT-06", what, _COPY, source=_LAW)


def _unprinted(reading: Reading, mention: Mention, vocabulary: Shape) -> Iterator[Remark]:
    printed, asked = reading.printed(mention.article), reading.asked(mention.article)
    for path in mention.paths:
        used = printed | asked if FLAG in _kinds(vocabulary, path) else printed
        if not any(_is_at(path, one) for one in used):
            what = Text("mandatory mention {number} is missing: the article “{article}” does not print {path}",
                        number=mention.number, article=mention.article, path=path)  # fmt: skip
            fix = Text("print it there as the shipped template does")
            yield Remark("LINT-07", what, fix, _head(reading, mention.article), field=path, source=_LAW)


def _kinds(vocabulary: Shape, path: str) -> Collection[str]:
    shape = vocabulary
    for name in path.split("."):
        shape = shape.members.get(name, Shape())
    return shape.kinds


def _is_at(path: str, used: str) -> bool:
    """Is what is printed this value, or something in it?"""
    return used == path or used.startswith((f"{path}.", f"{path}["))


def _head(reading: Reading, article: str) -> Spot | None:
    spots = (paragraph.spot for paragraph in reading.sections[0].paragraphs)
    return next((spot for spot in spots if spot.article == article), None)


def article_remarks(reading: Reading, other: Reading, name: Text, excused: Collection[str]) -> Iterator[Remark]:
    """Articles that are missing, added, doubled or in another order than in another text (LINT-08).

    Args:
        reading: of the template.
        other: what it must agree with.
        name: of that other text, for people.
        excused: articles whose absence is told already.
    """
    ours, theirs = reading.articles, other.articles
    for article in dict.fromkeys(theirs):
        if article not in ours and article not in excused:
            what = Text("the article “{article}” of {text} is missing", article=article, text=name)
            yield Remark("LINT-08", what, _COPY)
    for article in dict.fromkeys(ours):
        if article not in theirs:
            what = Text("the article “{article}” is not in {text}", article=article, text=name)
            yield Remark("LINT-08", what, Text("add it there too, or take it out"), _head(reading, article))
        elif ours.count(article) > 1:
            what = Text("the article “{article}” stands twice", article=article)
            yield Remark("LINT-08", what, Text("keep one of them"), _head(reading, article))
    if misplaced := _misplaced(ours, theirs):
        what = Text("the article “{article}” stands in another place than in {text}", article=misplaced, text=name)
        fix = Text("put the articles into that order: they bear the same numbers in every language")
        yield Remark("LINT-08", what, fix, _head(reading, misplaced))


def _misplaced(ours: Sequence[str], theirs: Sequence[str]) -> str:
    """The first article out of order, among those that both have."""
    mine = [article for article in dict.fromkeys(ours) if article in theirs]
    other = [article for article in dict.fromkeys(theirs) if article in ours]
    return next((one for one, two in zip(mine, other, strict=True) if one != two), "")


def value_remarks(reading: Reading, french: Reading, excused: Collection[str]) -> Iterator[Remark]:
    """Values and conditions that a text has and the French one has not, or the other way round (LINT-09).

    Args:
        reading: of the template.
        french: what it must agree with.
        excused: paths whose absence is told already.
    """
    for article in ("", *dict.fromkeys(reading.articles)):
        if article and article not in french.articles:
            continue
        for what in _differences(reading, french, article, excused):
            fix = Text("write the same placeholders and conditions in every language")
            yield Remark("LINT-09", what, fix, _head(reading, article))


def _differences(reading: Reading, french: Reading, article: str, excused: Collection[str]) -> Iterator[Text]:
    ours, theirs = reading.printed(article), french.printed(article)
    if only := tuple(sorted(ours - theirs)):
        yield Text("it prints {paths}, which the French text does not print there", paths=only)
    if lacking := tuple(sorted(theirs - ours - frozenset(excused))):
        yield Text("it does not print {paths}, which the French text prints there", paths=lacking)
    mine, others = reading.conditions(article), french.conditions(article)
    if only := tuple(sorted(mine - others)):
        yield Text("it has {conditions}, which the French text does not have there", conditions=only)
    if lacking := tuple(sorted(others - mine)):
        yield Text("it lacks {conditions}, which the French text has there", conditions=lacking)
