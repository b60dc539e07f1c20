"""Spellings of people: read where they mean one thing, else refused with each."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from calcml import CalcmlError, Expr, parse, simplify
from tests.benchmarks.formulas import RELAXED, SMALL
from tests.parsing.test_advice import SHAPES, corrected, followed

ROWS = tomllib.loads(
    Path(__file__).with_name("relaxed.toml").read_text(encoding="utf-8")
)


def meaning(text: str) -> Expr:
    return simplify(parse(text, shapes=SHAPES))


@pytest.mark.parametrize(("text", "strict"), ROWS["read"], ids=str)
def test_one_reading_is_read(text: str, strict: str) -> None:
    assert meaning(text) is meaning(strict)


@pytest.mark.parametrize(
    ("text", "readings"), [(t, set(r)) for t, *r in ROWS["refused"]], ids=str
)
def test_two_readings_are_written_out(text: str, readings: set[str]) -> None:
    with pytest.raises(CalcmlError) as caught:
        parse(text, shapes=SHAPES)
    told = {meaning(t) for t in corrected(caught.value)}
    assert told >= {meaning(t) for t in readings}
    assert len({parse(t, shapes=SHAPES) for t in corrected(caught.value)}) > 1


@pytest.mark.parametrize(("text", "meant"), ROWS["hints"], ids=str)
def test_what_is_no_formula_gets_its_hint(text: str, meant: str) -> None:
    with pytest.raises(CalcmlError):
        parse(text, shapes=SHAPES)
    assert followed(text) == {parse(meant, shapes=SHAPES)}


def test_the_corpus_is_as_large_as_it_was_asked_to_be() -> None:
    assert len(ROWS["read"]) >= 120
    assert len(ROWS["refused"]) >= 60


def test_the_timed_formulas_are_the_same_in_both_spellings() -> None:
    for (strict, _), relaxed in zip(SMALL, RELAXED, strict=True):
        assert parse(relaxed) is parse(strict)
