"""The formats of tables: a module for each, with `write(table, **options)`."""

from __future__ import annotations

from importlib import import_module
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
}


def written(table: Sheet, format: str, **options: Any) -> str | bytes:
    """The table in a format; `options` are those of the `write` of its module.

    Raises UnsupportedError for a format or an option that is none.
    """
    write = import_module(f"{__name__}.{checked_format(format)}").write
    for option in options.keys() - signature(write).parameters.keys():
        raise UnsupportedError(f"tables in {format} have no option {option}")
    made: str | bytes = write(table, **options)
    return made


def checked_format(format: str) -> str:
    """The name of a format; UnsupportedError for what is none."""
    if format not in FORMATS:
        raise UnsupportedError(
            f"there is no table format {format}; there are {', '.join(FORMATS)}"
        )
    return format
