"""The formats of tables: a module for each, with `write(table, **options)`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from inspect import signature
from typing import Any

from calcml.core.errors import UnsupportedError
from calcml.tables.sheet import Sheet

FORMATS = {  # the name, which is that of its module, and the ending of its files
    "markdown": ".md",
    "latex": ".tex",
    "html": ".html",
    "typst": ".typ",
    "pdf": ".pdf",
    "svg": ".svg",
    "png": ".png",
    "json": ".json",
    "csv": ".csv",
    "rst": ".rst",
}


BY_TYPST = ("pdf", "svg", "png")  # what the package typst makes


def written(table: Sheet, format: str, **options: Any) -> str | bytes:
    """The table in a format; `options` are those of the `write` of its module.

    Raises UnsupportedError for a format or an option that is none.
    """
    made: str | bytes = check_options(format, options)(table, **options)
    return made


def check_options(format: str, options: Mapping[str, Any]) -> Callable[..., Any]:
    """What writes a format.

    Raises UnsupportedError for a format or an option that is none, and where a package
    that the format needs is missing.
    """
    module = import_module(f"{__name__}.{checked_format(format)}")
    write: Callable[..., Any] = module.write
    have = [*signature(write).parameters][1:]
    for option in options.keys() - have:
        raise UnsupportedError(
            f"tables in {format} have no option {option}; "
            f"they have {', '.join(have) or 'none'}"
        )
    if format in BY_TYPST and find_spec("typst") is None:
        raise UnsupportedError(
            f"{format} needs the package typst: pip install 'calcml[tables]'"
        )
    return write


def checked_format(format: str) -> str:
    """The name of a format; UnsupportedError for what is none."""
    if format not in FORMATS:
        raise UnsupportedError(
            f"there is no table format {format}; there are {', '.join(FORMATS)}"
        )
    return format
