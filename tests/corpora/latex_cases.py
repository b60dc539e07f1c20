"""Formulas of public sources as LaTeX, compared with what they mean."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import calcml as cm
from calcml.core.expr import walk

FOLDER = Path(__file__).parent


def rows(name: str = "latex") -> list[dict[str, Any]]:
    """The formulas of a file: LaTeX, calcml's text, shapes and the source of each."""
    text = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def same(a: cm.Expr, b: cm.Expr) -> bool:
    """Whether two expressions are equal, by nodes or by numbers at random points."""
    if a is b:
        return True
    symbols = {n for n in walk(a, b) if n.op == "symbol"}
    sizes = sorted(
        {s for n in (*symbols, a, b) for d in n.dims for s in d.free_symbols}
    )
    length = {name: 2 + k for k, name in enumerate(sizes)}
    rng = random.Random(7)

    def drawn(dims: tuple[cm.Expr, ...]) -> Any:
        if not dims:
            return rng.uniform(0.2, 0.9) * rng.choice((1, 1, -1, 4))
        size = length.get(str(dims[0])) or int(str(dims[0]))
        return [drawn(dims[1:]) for _ in range(size)]

    if any(n.op == "formal" for n in walk(a, b)):
        return cm.simplify(a) is cm.simplify(b)
    agreed = 0
    for _ in range(24):
        at = {n.value: drawn(n.dims) for n in sorted(symbols, key=str)}
        at |= {name: length[name] for name in sizes}
        try:
            u, v = flat(a.evalf(at)), flat(b.evalf(at))
        except (cm.CalcmlError, ZeroDivisionError, OverflowError):
            continue
        if len(u) != len(v) or any(
            abs(x - y) > 1e-9 * (1 + abs(x)) for x, y in zip(u, v, strict=True)
        ):
            return False
        agreed += 1
    return agreed >= 2


def flat(value: Any) -> list[complex]:
    """The numbers of a value, which may be nested lists."""
    if hasattr(value, "__len__"):
        return [x for part in value for x in flat(part)]
    return [complex(value)]


def verdict(row: dict[str, Any]) -> str:
    """Whether a formula is read "right" or "wrong", or "refused", and why."""
    meant = cm.parse(row["text"], shapes=row.get("shapes"), dialect="calcml")
    try:
        read = cm.parse(row["latex"], shapes=row.get("shapes"), dialect="latex")
    except cm.CalcmlError as error:
        return f"refused: {error.message}"
    return "right" if same(read, meant) else f"wrong: {read}"


def _called(node: cm.Expr) -> list[str]:
    return [node.value, node.value.strip("_")]


def read_back(e: cm.Expr) -> str:
    """Whether the LaTeX of an expression is read as it: "right", "wrong" or "refused".

    The variables are known to be such, and x1, which is printed as x_1, is called so.
    """
    symbols = {n for n in walk(e) if n.op == "symbol"}
    names, shapes = {}, {}
    for node in symbols:
        read = cm.parse(node.latex(), symbols=_called(node), dialect="latex")
        name = names[node.value] = read.value if read.op == "symbol" else node.value
        shapes[name] = " ".join(map(str, node.dims))
    text = re.sub(r"[^\W\d]\w*", lambda m: names.get(m[0], m[0]), str(e))
    meant = cm.parse(text, shapes=shapes, symbols=shapes, dialect="calcml")
    try:
        read = cm.parse(e.latex(), shapes=shapes, symbols=shapes, dialect="latex")
    except cm.CalcmlError as error:
        return f"refused: {error.message}"
    alike = read is meant or cm.simplify(read) is cm.simplify(meant)
    return "right" if alike or same(read, meant) else f"wrong: {read}"
