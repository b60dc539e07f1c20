"""Catalogues: which formulas a table has. Those with a name, and any file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from calcml.errors import CalcmlError
from calcml.expr import make, symbol
from calcml.functions import rows
from calcml.printing.text import text


class Entry(NamedTuple):
    """One row asked for: a formula (it may have definitions) and a variable."""

    formula: str
    by: str
    title: str = ""
    note: str = ""
    ranges: Mapping[str, tuple[float, float]] = {}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A named list of entries."""

    name: str
    title: str
    entries: list[Entry] = field(default_factory=list)


def catalogue(name: str | Path) -> Catalogue:
    """The catalogue of a name, or of a TOML or JSON file.

    Raises CalcmlError where there is none or a row is wrong, OSError as files do.
    """
    made = NAMED.get(str(name))
    if made is not None:
        return made(str(name))
    path = Path(name)
    if path.suffix in (".toml", ".json"):
        return _from_file(path)
    raise CalcmlError(
        f"there is no table {name}; there are {', '.join(sorted(NAMED))}, "
        "or give a file of your own, such as table.toml"
    )


def _stored(name: str) -> Catalogue:
    return _from_file(Path(__file__).with_name(f"{name}.toml"))


def _family(name: str) -> Catalogue:
    """Every function of a family, by its first argument."""
    entries = []
    for row in rows():
        if row.family == name:
            call = text(make(row.op, tuple(symbol(p) for p in row.params)))
            ranges = dict(zip(row.params, row.sample, strict=False))
            entries.append(Entry(call, row.params[0], note=row.doc, ranges=ranges))
    return Catalogue(name, f"Derivatives of the {name}", entries)


NAMED: dict[str, Callable[[str], Catalogue]] = {
    "basics": _stored,
    "activations": _family,
}


# --- files -------------------------------------------------------------------------


def _from_file(path: Path) -> Catalogue:
    data = _data(path)
    found = data.get("rows") if isinstance(data, dict) else None
    if not isinstance(found, list) or not found:
        raise CalcmlError(
            f"{path} has no rows; begin each with [[rows]] and give it "
            'formula = "x^2" and by = "x"'
        )
    entries = [_entry(path, i, row) for i, row in enumerate(found, 1)]
    return Catalogue(path.stem, str(data.get("title", path.stem)), entries)


def _data(path: Path) -> Any:
    try:
        text = path.read_bytes().decode()
        if path.suffix == ".json":
            return json.loads(text)
        import tomllib  # only where there is a file to read

        return tomllib.loads(text)
    except UnicodeDecodeError:
        raise CalcmlError(f"{path} is no UTF-8; save it as UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise CalcmlError(f"{path} is no {path.suffix[1:].upper()}: {error}") from None


_KINDS = {"formula": str, "by": str, "title": str, "note": str, "ranges": dict}


def _entry(path: Path, number: int, row: Any) -> Entry:
    if not isinstance(row, dict):
        row = {}
    for name in ("formula", "by"):
        if name not in row:
            raise CalcmlError(f"{path}, row {number}: {name} is missing")
    for name, value in row.items():
        kind = _KINDS.get(name)
        if kind is None:
            known = ", ".join(_KINDS)
            raise CalcmlError(f"{path}, row {number}: {name} is none of {known}")
        if not isinstance(value, kind):
            raise CalcmlError(f"{path}, row {number}: {name} must be a {kind.__name__}")
    ranges = row.get("ranges", {})
    if not all(_is_range(value) for value in ranges.values()):
        raise CalcmlError(f"{path}, row {number}: a range is a pair such as [0.1, 3]")
    return Entry(**(row | {"ranges": {k: tuple(v) for k, v in ranges.items()}}))


def _is_range(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(isinstance(v, (int, float)) and v - v == 0 for v in value)
        and value[0] <= value[1]
    )
