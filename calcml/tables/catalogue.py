"""Catalogues: which formulas a table has. Those with a name, files, and rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from calcml.core.errors import CalcmlError
from calcml.functions import Row, rows
from calcml.parsing.names import is_function
from calcml.printing import text
from calcml.tables import schema
from calcml.tables.listing import call
from calcml.tables.schema import COLUMNS, check_keys, nearest


class Entry(NamedTuple):
    """One row asked for: a formula (it may have definitions) and a variable.

    The other fields are the keys of a row (`schema.OF_ROW`). `among` are the variables
    of an entry of several, which gives a row for each.
    """

    formula: str
    by: str
    name: str = ""
    note: str = ""
    ranges: Mapping[str, tuple[float, float]] = {}
    shapes: Mapping[str, str] = {}
    given: Sequence[str] = ()
    upstream: str = ""
    elements: bool = False
    among: Sequence[str] = ()
    group: str = ""
    reference: str = ""
    order: int = 1
    points: Sequence[str] = ()
    fisher: str = ""
    fisher_reference: str = ""
    fisher_none: str = ""
    libraries: Sequence[str] = ()

    @property
    def leads(self) -> bool:
        """Whether this is the first row of its formula."""
        return not self.among or self.by == self.among[0]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A named list of entries, and how they are shown."""

    name: str
    title: str
    entries: list[Entry]
    columns: Sequence[str] = ()
    sort: str = ""
    language: str = "en"
    notes: Sequence[str] = field(default=())
    reference: str = ""


FOLDER = Path(__file__).with_name("catalogues")
NAMED = tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def catalogue(
    name: str | Path, rows: Any = None, asked: Mapping[str, Any] | None = None
) -> Catalogue:
    """The catalogue of a name, of a TOML, JSON or CSV file, or of `rows`.

    `asked` are keys of a catalogue that win over its own. Raises CalcmlError where
    there is none or a row is wrong, OSError as files do.
    """
    path = Path(name)
    if rows is not None:
        data, place = {"title": TITLE, schema.ROWS: _records(rows)}, schema.ROWS
    elif str(name) in NAMED:
        data, place = _data(FOLDER / f"{name}.toml"), str(name)
    elif path.suffix.lower() in READERS:
        data, place = _data(path), str(path)
    else:
        known = f"there are {', '.join(NAMED)}, or give a file of your own, as my.toml"
        near = f"{nearest(str(name), list(NAMED))}; " if len(str(name)) < LONG else ""
        hint = near if near.startswith("write") else ""
        raise CalcmlError(f"there is no table {name}; {hint}{known}")
    if isinstance(data, dict):
        data |= asked or {}
    return read(data, place, path.stem)


TEXTS = ("given", "points", "libraries")  # keys of lists
TITLE = "Derivatives"  # of rows without a catalogue
LONG = 40  # a name of more letters is no slip


def read(data: Any, place: str, name: str) -> Catalogue:
    """The catalogue that data hold; `place` is what errors call it."""
    if not isinstance(data, dict) or not data.keys() & {schema.ROWS, schema.FAMILIES}:
        raise CalcmlError(
            f"{place} has no rows; begin each with [[rows]] and give it "
            'formula = "x^2" and by = "x"'
        )
    check_keys(place, data, schema.OF_TABLE)
    columns = _listed(data.get("columns", []))
    for column in [*columns, *_listed(data.get("sort", "").removeprefix("-") or [])]:
        if column not in COLUMNS:
            raise CalcmlError(
                f"{place}: {column} is no column; {nearest(column, COLUMNS)}"
            )
    made = [*_of_families(data, place), *_numbered(data, place)]
    default = {"order": data.get("order", 1)}
    entries = [entry for at, row in made for entry in _entries(at, default | row)]
    asked = {k: data[k] for k in ("sort", "language", "reference") if k in data}
    notes = _listed(data.get("notes", []))
    title = data.get("title", name)
    return Catalogue(name, title, entries, columns, notes=notes, **asked)


Placed = tuple[str, dict[str, Any]]  # where a row stands, and its keys


def _numbered(data: Mapping[str, Any], place: str) -> Iterator[Placed]:
    for number, row in enumerate(data.get(schema.ROWS, []), 1):
        at = f"{place}, row {number}"
        if not isinstance(row, Mapping):
            raise CalcmlError(f"{at}: a row has keys, as formula and by")
        yield at, {schema.OLD.get(str(k), str(k)): v for k, v in row.items()}


def _of_families(data: Mapping[str, Any], place: str) -> Iterator[Placed]:
    """A row for each function of the families, with what is said of it beside."""
    families = _listed(data.get(schema.FAMILIES, []))
    every, more = [*rows()], dict[Any, Any](data.get(schema.FUNCTIONS, {}))
    known = {row.family for row in every}
    for family in families:
        if family not in known:
            raise CalcmlError(
                f"{place}: {family} is no family; {nearest(family, sorted(known))}"
            )
        for row in every:
            if row.family == family and any(row.d):
                group = {"group": family} if len(families) > 1 else {}
                told = more.pop(row.name, {}) | more.pop(row.op, {})
                yield f"{place}, {row.op}", _of_function(row) | group | told
    if more:
        raise CalcmlError(f"{place}: {', '.join(more)} is no function of its families")


def _of_function(row: Row) -> dict[str, Any]:
    """A function by its first argument that it has a slope by."""
    slopes = zip(row.params, row.d, strict=False)
    return {
        "formula": text(call(row)),
        "by": next(param for param, slope in slopes if slope is not None),
        "ranges": dict(zip(row.params, row.sample, strict=False)),
        "shapes": {p: "" for p in row.params if is_function(p)},
    }


def _entries(place: str, row: Mapping[str, Any]) -> Iterator[Entry]:
    """The entries of one row, one for each variable."""
    for name in ("formula", "by"):
        if name not in row:
            raise CalcmlError(f"{place}: {name} is missing")
    check_keys(place, row, schema.OF_ROW)
    names = _listed(row["by"])
    if not names:
        raise CalcmlError(f"{place}: by names no variable")
    lists = {k: tuple(_listed(row[k])) for k in TEXTS if k in row}
    for name in names:
        told = {k: v.get(name, "") for k, v in _told(place, row, names)}
        among = names if len(names) > 1 else ()
        yield Entry(**{**row, **lists, **told, "by": name, "among": among})


def _told(
    place: str, row: Mapping[str, Any], names: Sequence[str]
) -> Iterator[tuple[str, Mapping[str, str]]]:
    """What is told by variable; a single text is of every variable."""
    for key, value in row.items():
        if schema.OF_ROW[key].kind is schema.BY_NAME:
            by = dict.fromkeys(names, value) if isinstance(value, str) else value
            for name in by:
                if name not in names:
                    hint = nearest(name, list(names))
                    raise CalcmlError(f"{place}: {key} has {name}; {hint}")
            yield key, by


def _listed(value: Any) -> list[Any]:
    return [value] if isinstance(value, str) else list(value)


# --- files and frames --------------------------------------------------------------


def _records(rows: Any) -> list[Any]:
    """The rows of a list or of a DataFrame, whose cells may be texts of any key."""
    if not hasattr(rows, "to_dict"):
        if not isinstance(rows, Iterable) or isinstance(rows, (str, bytes, Mapping)):
            raise CalcmlError(
                'rows are a list such as [{"formula": "x^2", "by": "x"}], or a frame'
            )
        return list(rows)
    frame = rows.to_dict("records")
    return [{k: v for k, v in map(_cell, row, row.values()) if k} for row in frame]


def _cell(key: Any, value: Any) -> tuple[str, Any]:
    """A key and what a cell says of it; no key where the cell is empty."""
    value = value.item() if hasattr(value, "item") else value  # a number of NumPy's
    if value == "" if isinstance(value, str) else str(value) in ABSENT:
        return "", None
    key = schema.OLD.get(str(key).strip(), str(key).strip())
    known = schema.OF_ROW.get(key)
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # of a column with gaps
    return key, known.kind.read(value) if known and isinstance(value, str) else value


ABSENT = ("None", "nan", "NaT", "<NA>", "False")  # what frames have in empty cells


def _csv(text: str) -> Any:
    """A line for a row, below the names of keys; a semicolon parts them in Europe."""
    import csv

    head = text.partition("\n")[0]
    parted = ";" if head.count(";") > head.count(",") else ","
    rows = csv.DictReader(text.splitlines(keepends=True), delimiter=parted, strict=True)
    found = []
    for row in rows:
        if None in row:
            raise ValueError(f"line {rows.line_num} has more cells than the first")
        told = {k: v for k, v in (_cell(*pair) for pair in row.items()) if k}
        found += [told] if told else []
    return {schema.ROWS: found}


def _toml(text: str) -> Any:
    import tomllib  # only where there is a file to read

    return tomllib.loads(text)


READERS: dict[str, Callable[[str], Any]] = {
    ".toml": _toml,
    ".json": json.loads,
    ".csv": _csv,
}


def _data(path: Path) -> Any:
    try:
        return READERS[path.suffix.lower()](path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise CalcmlError(f"{path} is no UTF-8; save it as UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise CalcmlError(f"{path} is no {path.suffix[1:].upper()}: {error}") from None
    except Exception as error:
        if type(error).__module__ != "_csv":
            raise
        raise CalcmlError(f"{path} is no CSV: {error}") from None
