"""Each row of the tables of docs/syntax.md: read, or refused, as it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from calcml import CalcmlError, Expr, parse, simplify
from tests.corpora.latex_cases import same
from tests.parsing.test_advice import SHAPES, corrected

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/syntax.md").read_text(encoding="utf-8")


def rows(heading: str) -> Iterator[tuple[str, list[str]]]:
    """The first cell and the texts of the second of the tables under a heading."""
    part = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    for first, second in re.findall(r"^\| `(.*?)` \| (.*)\|$", part, re.MULTILINE):
        texts = re.findall("`(.*?)`", second)
        yield first.replace(r"\|", "|"), [t.replace(r"\|", "|") for t in texts]


def meaning(text: str) -> Expr:
    return simplify(parse(text, shapes=SHAPES))


@pytest.mark.parametrize("text", [text for text, _ in rows("Strict text")])
def test_strict_text_is_read(text: str) -> None:
    read = parse(text, shapes=SHAPES)
    assert parse(read.read_as.text, shapes=SHAPES) is read


@pytest.mark.parametrize(("text", "strict"), list(rows("Relaxed text")))
def test_relaxed_text_is_read_as_told(text: str, strict: list[str]) -> None:
    (told,) = strict
    assert meaning(text) is meaning(told)


@pytest.mark.parametrize(("text", "readings"), list(rows("Refused")))
def test_what_is_refused_is_told_what_to_write(text: str, readings: list[str]) -> None:
    with pytest.raises(CalcmlError) as caught:
        parse(text, shapes=SHAPES)
    told = {parse(t, shapes=SHAPES) for t in corrected(caught.value)}
    assert told == {parse(t, shapes=SHAPES) for t in readings}


@pytest.mark.parametrize(("code", "texts"), list(rows("Python")))
def test_code_is_read_as_told(code: str, texts: list[str]) -> None:
    (told,) = texts
    assert meaning(code) is meaning(told)


@pytest.mark.parametrize("fact", [fact for fact, _ in rows("Facts of `given`")])
def test_facts_are_read(fact: str) -> None:
    formula = "A[0, 1]*x*y*n + sum(u) + v @ A @ v"
    assert simplify(formula, given=fact, shapes=SHAPES)


def halves() -> tuple[list[tuple[str, list[str]]], list[str]]:
    """The formulas of LaTeX that are read, with their texts, and the refused ones."""
    every = list(rows("LaTeX"))
    refused = [text for text, told in every if not told]
    return [(text, told) for text, told in every if told], refused


@pytest.mark.parametrize(("latex", "strict"), halves()[0])
def test_latex_is_read_as_told(latex: str, strict: list[str]) -> None:
    (told,) = strict
    assert same(parse(latex, shapes=SHAPES), parse(told, shapes=SHAPES))


@pytest.mark.parametrize("latex", halves()[1])
def test_latex_that_is_not_sure_is_refused(latex: str) -> None:
    with pytest.raises(CalcmlError):
        parse(latex, shapes=SHAPES)


def test_no_table_is_empty() -> None:
    parts = (
        "Strict text",
        "Relaxed text",
        "Refused",
        "Facts of `given`",
        "LaTeX",
        "Python",
    )
    assert [len(list(rows(part))) for part in parts] >= [15, 40, 25, 7, 45, 12]
