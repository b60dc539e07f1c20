"""Derivations are told as they were: golden/steps.toml makes golden/steps.md.

`python -m tests.test_golden_steps` writes steps.md anew.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

import calcml as cm

GOLDEN = Path(__file__).with_name("golden")
ENTRIES = tomllib.loads((GOLDEN / "steps.toml").read_text(encoding="utf-8"))["entries"]
REMAKE = "if so it should be: python -m tests.test_golden_steps"


def told(entry: dict[str, Any]) -> str:
    """The entry as a section of steps.md."""
    by, shapes = entry["by"], entry.get("shapes")
    lines = [f"## {entry['title']}", "", "```", entry["text"], "```"]
    if shapes:
        facts = [f"`{name}`: {shape}" for name, shape in shapes.items()]
        lines += ["", f"Shapes: {', '.join(facts)}."]
    levels = ("brief",) if shapes or not isinstance(by, str) else ("brief", "full")
    for level in levels:
        derivation = cm.derive(
            entry["text"], by, order=entry.get("order", 1), level=level, shapes=shapes
        )
        what = f"By {by}, {level}:" if len(levels) > 1 else f"By {', '.join([*by])}:"
        lines += ["", what, "", "```", str(derivation), "```"]
        if level == "brief":
            lines += ["", "```tex", derivation.latex(), "```"]
    return "\n".join(lines) + "\n"


def sections(document: str) -> dict[str, str]:
    """The sections of steps.md by title."""
    parts = document.split("\n## ")[1:]
    return {p.partition("\n")[0]: "## " + p.rstrip("\n") + "\n" for p in parts}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["title"])
def test_derivations_are_told_as_they_were(entry: dict[str, Any]) -> None:
    golden = sections((GOLDEN / "steps.md").read_text(encoding="utf-8"))
    assert told(entry) == golden[entry["title"]], REMAKE


def test_there_are_25_derivations_and_more() -> None:
    assert len(ENTRIES) >= 25
    assert len({entry["title"] for entry in ENTRIES}) == len(ENTRIES)


if __name__ == "__main__":
    head = "# Derivations\n\nWritten by `python -m tests.test_golden_steps`.\n"
    document = "\n".join([head, *map(told, ENTRIES)])
    (GOLDEN / "steps.md").write_text(document, encoding="utf-8")
