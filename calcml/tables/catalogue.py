"""Catalogues: which formulas a table has. Those with a name, and any file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from calcml.core.errors import CalcmlError
from calcml.core.expr import make, symbol
from calcml.functions import rows
from calcml.parsing.names import is_function
from calcml.printing import text


class Entry(NamedTuple):
    """One row asked for: a formula (it may have definitions) and a variable.

    `shapes` declares arrays, `given` holds assumptions, `upstream` names the gradient
    that a backward pass starts with. `among` are the variables of an entry of several,
    which gives a row for each. `elements` asks for index notation, too.
    """

    formula: str
    by: str
    title: str = ""
    note: str = ""
    ranges: Mapping[str, tuple[float, float]] = {}
    shapes: Mapping[str, str] = {}
    given: Sequence[str] = ()
    upstream: str = ""
    elements: bool = False
    among: Sequence[str] = ()

    @property
    def leads(self) -> bool:
        """Whether this is the first row of its formula."""
        return not self.among or self.by == self.among[0]


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
            declared = {p: "" for p in row.params if is_function(p)}
            entries.append(
                Entry(call, row.params[0], "", row.doc, ranges, shapes=declared)
            )
    return Catalogue(name, f"Derivatives of the {name}", entries)


NAMED: dict[str, Callable[[str], Catalogue]] = {
    "basics": _stored,
    "activations": _family,
    "layers": _stored,
}


ROWS = "rows"  # the key of a table's rows, in files that are read and written


# --- files -------------------------------------------------------------------------


def _from_file(path: Path) -> Catalogue:
    data = _data(path)
    found = data.get(ROWS) if isinstance(data, dict) else None
    if not isinstance(found, list) or not found:
        raise CalcmlError(
            f"{path} has no rows; begin each with [[rows]] and give it "
            'formula = "x^2" and by = "x"'
        )
    unknown = sorted(data.keys() - {"title", ROWS})
    if unknown:
        raise CalcmlError(
            f"{path}: {', '.join(unknown)} is no key of a table; it has a title and "
            f"[[rows]], whose keys are {', '.join(_KINDS)}"
        )
    title = data.get("title", path.stem)
    if not isinstance(title, str):
        raise CalcmlError(f"{path}: title must be a text")
    entries = [entry for i, row in enumerate(found, 1) for entry in _read(path, i, row)]
    return Catalogue(path.stem, title, entries)


def _data(path: Path) -> Any:
    try:
        text = path.read_bytes().decode("utf-8-sig")
        if path.suffix == ".json":
            return json.loads(text)
        import tomllib  # only where there is a file to read

        return tomllib.loads(text)
    except UnicodeDecodeError:
        raise CalcmlError(f"{path} is no UTF-8; save it as UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise CalcmlError(f"{path} is no {path.suffix[1:].upper()}: {error}") from None


_KINDS: dict[str, tuple[type, ...]] = {
    "formula": (str,),
    "by": (str, list),
    "title": (str,),
    "note": (str,),
    "ranges": (dict,),
    "shapes": (dict,),
    "given": (str, list),
    "upstream": (str,),
    "elements": (bool,),
}


def _read(path: Path, number: int, row: Any) -> Iterator[Entry]:
    """The entries of one row of a file, one for each variable."""
    if not isinstance(row, dict):
        row = {}
    place = f"{path}, row {number}"
    for name in ("formula", "by"):
        if name not in row:
            raise CalcmlError(f"{place}: {name} is missing")
    for name, value in row.items():
        _check_field(place, name, value)
    names, given = _listed(row["by"]), _listed(row.get("given", []))
    if not names:
        raise CalcmlError(f"{place}: by names no variable")
    ranges = {k: tuple(v) for k, v in row.get("ranges", {}).items()}
    fields = row | {"ranges": ranges, "given": tuple(given)}
    fields["among"] = tuple(names) if len(names) > 1 else ()
    for name in names:
        yield Entry(**(fields | {"by": name}))


def _check_field(place: str, name: str, value: Any) -> None:
    kinds: Any = _KINDS.get(name)
    if kinds is None:
        raise CalcmlError(f"{place}: {name} is none of {', '.join(_KINDS)}")
    if not isinstance(value, kinds):
        wanted = " or a ".join(kind.__name__ for kind in kinds)
        raise CalcmlError(f"{place}: {name} must be a {wanted}")
    if isinstance(value, list) and not all(isinstance(v, str) for v in value):
        raise CalcmlError(f"{place}: {name} must be a list of texts")
    if name == "ranges" and not all(map(_is_range, value.values())):
        raise CalcmlError(f"{place}: a range is a pair such as [0.1, 3]")
    if name == "shapes" and not all(isinstance(v, str) for v in value.values()):
        raise CalcmlError(f'{place}: a shape is a text such as "m n"')


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _is_range(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(isinstance(v, (int, float)) and v - v == 0 for v in value)
        and value[0] <= value[1]
    )
