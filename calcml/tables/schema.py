"""DATA: the keys of a catalogue and of its rows, what each holds, and an example."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

from calcml.core.errors import CalcmlError
from calcml.tables.words import LANGUAGES

COLUMNS = (
    "name f derivative second gradient domain kinks values numpy frameworks check "
    "steps plot reference note fisher"
).split()
ROWS, FAMILIES, FUNCTIONS = "rows", "families", "functions"


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _are_texts(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(map(_is_text, value))


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and value - value == 0


def _is_range(value: Any) -> bool:
    pair = isinstance(value, (list, tuple)) and len(value) == 2
    return pair and all(map(_is_number, value)) and bool(value[0] <= value[1])


def _by_name(holds: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda v: isinstance(v, Mapping) and all(map(holds, v.values()))


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in re.split("[;\n]", cell) if part.strip()]


def _named(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Of "x: 0 1; y: 2 3", what is said of each name."""

    def by_name(cell: str) -> Any:
        pairs = [part.partition(":") for part in _parts(cell)]
        return {name.strip(): read(told.strip()) for name, _, told in pairs}

    return by_name


def _numbers(cell: str) -> Any:
    try:
        return [float(word) for word in re.split(r"[\s,]+", cell.strip("[] "))]
    except ValueError:
        return cell


class Kind(NamedTuple):
    """What a key `holds`, in words what it must be, and how a cell of text says it."""

    holds: Callable[[Any], bool]
    must: str
    read: Callable[[str], Any] = str


TEXT = Kind(_is_text, "a text")
TEXTS = Kind(
    lambda v: _is_text(v) or _are_texts(v), "a text or a list of texts", _parts
)
FLAG = Kind(
    lambda v: isinstance(v, bool),
    "true or false",
    lambda cell: {"true": True, "false": False}.get(cell.lower()),
)
ORDER = Kind(
    lambda v: type(v) is int and v in (1, 2),
    "1 or 2",
    lambda cell: {"1": 1, "2": 2}.get(cell),
)
SHAPES = Kind(
    _by_name(_is_text), 'a text for each name, such as { x = "m n" }', _named(str)
)
RANGES = Kind(
    _by_name(_is_range),
    "a pair for each name, such as { x = [0.1, 3] }",
    _named(_numbers),
)
BY_NAME = Kind(
    lambda v: _is_text(v) or _by_name(_is_text)(v),
    'a text, or one for each variable, such as { s = "2/s^2" }',
    lambda cell: _named(str)(cell) if ":" in cell else cell,
)
POINTS = Kind(
    lambda v: (
        isinstance(v, (list, tuple)) and all(_is_text(p) or _is_number(p) for p in v)
    ),
    'a list of numbers or formulas, such as [0, "pi/2"]',
    _parts,
)
ENTRIES = Kind(lambda v: isinstance(v, list) and bool(v), "a list of rows")
TABLES = Kind(_by_name(lambda v: isinstance(v, Mapping)), "[functions.NAME]")
LANGUAGE = Kind(lambda v: v in LANGUAGES, f"one of {', '.join(LANGUAGES)}")


class Key(NamedTuple):
    """What a key holds, what it is for, and an example of TOML."""

    kind: Kind
    doc: str
    example: str


OF_TABLE = {
    "title": Key(TEXT, "stands above the table", '"My table"'),
    "language": Key(LANGUAGE, f"of the headings: {', '.join(LANGUAGES)}", '"en"'),
    "columns": Key(
        TEXTS, f"some of {', '.join(COLUMNS)}", '["f", "derivative", "domain", "kinks"]'
    ),
    "sort": Key(TEXT, "the column that orders the rows; -f for downwards", '"f"'),
    "order": Key(ORDER, "of the derivatives of rows that say none", "1"),
    "notes": Key(TEXTS, "stand under the table", '["log is the natural logarithm"]'),
    "reference": Key(TEXT, "where the table is from", '"Lecture 1"'),
    FAMILIES: Key(
        TEXTS, "a row for each function of these families", '["activations"]'
    ),
    FUNCTIONS: Key(
        TABLES,
        "more keys of the rows that families make",
        '{ gelu = { note = "of BERT" } }',
    ),
    ROWS: Key(ENTRIES, "the rows", ""),
}
OF_ROW = {
    "formula": Key(TEXT, "in calcml's grammar, with definitions", '"x^2*log(x)"'),
    "by": Key(TEXTS, "the variable, or several", '"x"'),
    "name": Key(TEXT, "what people call it", '"square times logarithm"'),
    "group": Key(TEXT, "the heading under which it stands", '"Products"'),
    "note": Key(TEXT, "a footnote", '"of entropies"'),
    "reference": Key(TEXT, "where the formula is from", '"Euler, 1748"'),
    "given": Key(TEXTS, "what may be assumed", '"x > 0"'),
    "ranges": Key(RANGES, "where it is checked", "{ x = [0.1, 3] }"),
    "order": Key(ORDER, "of the derivative", "1"),
    "libraries": Key(
        TEXTS, "Python calls that have its value", '"torch.square(x)*torch.log(x)"'
    ),
    "points": Key(POINTS, "of the column values", '[1, "e"]'),
    "fisher": Key(BY_NAME, "the Fisher information by the variable", '"2/s^2"'),
    "fisher_reference": Key(BY_NAME, "where that is from", '"Lehmann, 1998"'),
    "fisher_none": Key(BY_NAME, "why there is none", '"the support depends on it"'),
    "shapes": Key(SHAPES, "of arrays", '{ X = "m n", w = "n" }'),
    "upstream": Key(TEXT, "the gradient that a backward pass starts with", '"g"'),
    "elements": Key(FLAG, "whether index notation is shown, too", "true"),
}
OLD = {"title": "name"}  # keys of rows as earlier versions called them


def check_keys(place: str, data: Mapping[str, Any], keys: Mapping[str, Key]) -> None:
    """CalcmlError for a key that is none, with the nearest, or holds something else."""
    for name, value in data.items():
        if name not in keys:
            raise CalcmlError(f"{place}: {name} is no key; {nearest(name, keys)}")
        if not keys[name].kind.holds(value):
            raise CalcmlError(f"{place}: {name} must be {keys[name].kind.must}")


def nearest(name: str, names: Mapping[str, Any] | list[str]) -> str:
    """What to write for a name that is none."""
    close = get_close_matches(str(name).casefold(), list(names), 1, 0.6)
    return f"write {close[0]}" if close else f"there are {', '.join(names)}"


def start() -> str:
    """A commented catalogue with every key, to begin with."""
    lines = ["# A table of derivatives: calcml table my.toml", ""]
    lines += _told(OF_TABLE, ("title", "columns"))
    lines += ["", "[[rows]]", *_told(SCALAR, ("formula", "by", "name"))]
    lines += ["", "# A row of arrays:", "", "[[rows]]", 'formula = "X @ w"', 'by = "w"']
    lines += _told(ARRAYS, ("shapes",))
    return "\n".join(lines) + "\n"


ARRAYS = {key: OF_ROW[key] for key in ("shapes", "upstream", "elements")}
SCALAR = {key: OF_ROW[key] for key in OF_ROW if key not in ARRAYS}


def _told(keys: Mapping[str, Key], active: Sequence[str]) -> list[str]:
    """Each key, and what it is for; others than `active` in comments."""
    lines = []
    for name, key in keys.items():
        if key.example:
            mark = "" if name in active else "# "
            lines += [f"# {name}: {key.doc}", f"{mark}{name} = {key.example}"]
    return lines
