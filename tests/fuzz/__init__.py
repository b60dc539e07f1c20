"""Random texts, of formulas that people wrote and pieces of the grammar, for all calls.

Whatever a text is, a call gives an answer or an error of calcml.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import calcml
from calcml import CalcmlError
from calcml.batch import batch
from calcml.batch.lines import answer_line
from calcml.batch.rows import Settings
from calcml.functions import rows
from calcml.functions.arrays import ARRAY_FUNCTIONS
from calcml.parsing.stored import store, stored
from calcml.tables.catalogue import Entry, catalogue
from calcml.tables.rows import made
from tests.support import corpus

SHAPES = {"A": "n n", "X": "m n", "w": "n", "v": "n"}
SIGNS = "+ - * / ^ ** @ ( ) , ; = < > <= != [ ] : ' ' . .T _ and or not".split(" ")
LEAVES = "x y z A X w v n 0 1 2 -1 1/3 0.5 1e9 10^9 pi e inf i".split()


@cache
def seeds() -> list[str]:
    """Formulas of the corpora, and calls of every row."""
    found = [f"{name}(x)" for name in ARRAY_FUNCTIONS]
    found += [row.signature for row in rows()]
    for name in (
        *("textbook", "feynman", "reports", "formal_functions", "autodiff_rules"),
        *("cas_tests", "matrix_calculus", "rubi_public_sample"),
    ):
        for row in corpus(name):
            found += [v for k, v in row.items() if k in ("f", "expr", "formula")]
    return [text for text in found if isinstance(text, str) and len(text) < 100]


def grown(random: Random, depth: int) -> str:
    """A formula of the grammar."""
    if not depth or random.random() < 0.2:
        return random.choice(LEAVES)
    a, b = grown(random, depth - 1), grown(random, depth - 1)
    kind = random.randrange(4)
    if kind == 0:
        return random.choice(seeds()).replace("x", f"({a})")[:500]
    if kind == 1:
        return f"where({a} < {b}, {b}, {a})"
    return f"({a}){random.choice('+-*/^@')}({b})"


def text(random: Random) -> str:
    """A formula, perhaps with pieces put in, taken out or repeated."""
    depth = random.choice((0, 0, 0, 1, 1, 2, 3))
    found = grown(random, depth) if depth else random.choice(seeds())
    return mutated(random, found, SIGNS + LEAVES)


def mutated(random: Random, found: str, pieces: list[str]) -> str:
    """A text, perhaps with pieces put in, taken out or repeated."""
    for _ in range(random.choice((0, 0, 1, 1, 2, 5))):
        k = random.randrange(len(found) + 1)
        end = k + random.choice((0, 0, 1, 3))
        found = found[:k] + random.choice(pieces) + found[end:]
    return found


VALUES = ["1", "-1", "null", "[]", "{}", "true", '"x"', "1e999", '"\\ud800"', "[1]"]


def _line(formula: str) -> None:
    """A line of batch, which a random formula fills and damages."""
    random = Random(formula)
    row: dict[str, Any] = {"id": 1, "expr": formula, "var": random.choice("xyA")}
    if random.random() < 0.3:
        key = random.choice(("order", "given", "shapes", "format", "vars", "ordr"))
        row[key] = random.choice((0, -1, 2, 10**9, None, "x > 0", ["x"], {"x": "n"}))
    line = mutated(random, json.dumps(row), VALUES + list('{}[]",:'))
    answered = answer_line(
        (1, line.encode(errors="surrogatepass")), Settings(False, None)
    )
    assert json.loads(answered.line)


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """One folder for all that calls write; it goes with the process."""
    return tempfile.TemporaryDirectory()


def _toml(formula: str) -> None:
    """A file of rows, damaged in places, and what its first rows are."""
    random = Random(formula)
    lines = ["[[rows]]", f"formula = {json.dumps(formula)}", 'by = "x"']
    lines += random.sample(['note = "a"', 'given = ["x > 0"]', "elements = true"], 1)
    path = Path(_folder().name, "table.toml")
    data = mutated(random, "\n".join(lines), [*VALUES, "[[rows]]", "\n", "="])
    path.write_bytes(data.encode(errors="surrogatepass"))
    for entry in catalogue(path).entries[:2]:
        made(entry)


def _cache(formula: str) -> None:
    """What is stored is read back; where it is damaged, nothing is."""
    key, random = b"fuzz", Random(formula)
    with mock.patch.dict(os.environ, XDG_CACHE_HOME=_folder().name):
        store(key, formula.encode())
        (path,) = Path(_folder().name, "calcml").glob("*.tables")
        found = path.read_bytes()
        damaged = bytearray(found) + b" " * random.randrange(2)
        damaged[random.randrange(len(damaged))] ^= random.randrange(256)
        assert stored(key) == formula.encode()
        path.write_bytes(damaged)
        assert stored(key) == (None if damaged != found else formula.encode())


def _compiled(formula: str) -> None:
    names = sorted(calcml.parse(formula, shapes=SHAPES).free_symbols)
    calcml.compile(formula, names, backend="python", shapes=SHAPES)


CALLS: dict[str, Callable[[str], Any]] = {
    "parse": lambda f: str(calcml.parse(f, shapes=SHAPES)),
    "matlab": lambda f: calcml.parse(f, shapes=SHAPES, dialect="matlab"),
    "diff": lambda f: calcml.diff(f, "x", shapes=SHAPES).latex(),
    "grad": lambda f: str(calcml.grad(f, shapes=SHAPES)),
    "second": lambda f: calcml.diff(f, "x", order=2),
    "simplify": lambda f: calcml.simplify(f, shapes=SHAPES),
    "domain": lambda f: str(calcml.domain(f, "x", shapes=SHAPES)),
    "kinks": lambda f: str(calcml.kinks(f, "x")),
    "derive": lambda f: str(calcml.derive(f, "x", shapes=SHAPES)),
    "check": lambda f: str(calcml.check(f, f, "x")),
    "compile": _compiled,
    "batch": lambda f: list(batch([{"expr": f, "var": "x"}])),
    "line": _line,
    "row": lambda f: made(Entry(f, "x")),
    "table": _toml,
    "cache": _cache,
}
# How often of 100 a long run makes each: what is quick more often, the rest enough.
OFTEN = {"parse": 21, "line": 18, "simplify": 11, "diff": 10, "compile": 8, "matlab": 7}
OFTEN |= {"derive": 6, "second": 4} | dict.fromkeys(
    "check grad kinks row table cache batch".split(), 2
)
OFTEN["domain"] = 1


def attack(name: str, formula: str) -> str:
    """How a call ends: "answer", or the kind of an error of calcml."""
    try:
        CALLS[name](formula)
    except CalcmlError as error:
        return error.kind
    return "answer"
