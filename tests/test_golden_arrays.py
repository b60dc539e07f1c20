"""Derivations of arrays look as they did: golden/arrays.toml makes golden/arrays.md.

`python -m tests.test_golden_arrays` writes arrays.md anew.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import calcml as cm
from calcml.printing import text

GOLDEN = Path(__file__).with_name("golden")
ENTRIES = tomllib.loads((GOLDEN / "arrays.toml").read_text(encoding="utf-8"))["entries"]
REMAKE = "if so it should be: python -m tests.test_golden_arrays"


def derivatives(entry: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """What is derived, in words, and the derivative."""
    options: dict[str, Any] = {"shapes": entry["shapes"], "defined": True}
    options["given"] = entry.get("given", ())
    formula, names = entry["text"], entry["by"]
    if "upstream" in entry:
        parts = cm.vjp(formula, names, entry["upstream"], **options)
    else:
        parts = {name: cm.diff(formula, name, **options) for name in names}
    for name in names:
        yield f"by {name}", parts[name]
    if "hessian" in entry:
        name = entry["hessian"]
        yield f"Hessian by {name}", cm.hessian(formula, name, **options)


def told(entry: dict[str, Any]) -> str:
    """The entry as a section of arrays.md."""
    facts = [f"`{name}`: {shape}" for name, shape in entry["shapes"].items()]
    lines = [f"## {entry['title']}", "", "```", entry["text"].strip(), "```", ""]
    lines += ["Shapes: " + ", ".join(facts) + "."]
    if "given" in entry:
        lines += ["Given: " + ", ".join(f"`{fact}`" for fact in entry["given"]) + "."]
    if "upstream" in entry:
        lines += [f"Upstream gradient: `{entry['upstream']}`."]
    try:
        for what, e in derivatives(entry):
            lines += ["", f"{what}:", "", "```", text(e), "```", ""]
            lines += ["```tex", e.latex(), "```"]
    except cm.CalcmlError as error:
        lines += ["", f"{error.kind}: {error.message}"]
    return "\n".join(lines) + "\n"


def sections(document: str) -> dict[str, str]:
    """The sections of arrays.md by title."""
    parts = document.split("\n## ")[1:]
    return {p.partition("\n")[0]: "## " + p.rstrip("\n") + "\n" for p in parts}


def document() -> str:
    """All of arrays.md."""
    return "# Derivations of arrays\n\n" + "\n".join(map(told, ENTRIES))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e["title"])
def test_a_derivation_looks_as_it_did(entry: dict[str, Any]) -> None:
    found = sections((GOLDEN / "arrays.md").read_text(encoding="utf-8"))
    assert told(entry) == found.get(entry["title"]), REMAKE


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e["title"])
def test_a_derivation_is_right(entry: dict[str, Any]) -> None:
    """As printed, in the names that the text defines, against finite differences."""
    options = {"shapes": entry["shapes"], "given": entry.get("given", ()), "points": 2}
    made = dict(derivatives(entry))
    for name in entry["by"]:
        formula, printed = entry["text"], str(made[f"by {name}"])
        if "upstream" in entry:
            *defined, last = formula.rsplit(";", 1)
            formula = ";".join([*defined, f" sum(({last})*{entry['upstream']})"])
            options["shapes"] = entry["shapes"] | upstream(entry)
        report = cm.check(formula, printed, name, **options)
        assert report.verdict == "agrees", f"{printed}\n{report}"


def upstream(entry: dict[str, Any]) -> dict[str, Any]:
    """The shape of the upstream gradient: that of what is derived."""
    root = cm.parse(entry["text"], shapes=entry["shapes"])
    return {entry["upstream"]: root.shape}


def test_the_golden_file_has_these_entries_alone() -> None:
    found = sections((GOLDEN / "arrays.md").read_text(encoding="utf-8"))
    assert list(found) == [entry["title"] for entry in ENTRIES], REMAKE


if __name__ == "__main__":
    (GOLDEN / "arrays.md").write_text(document(), encoding="utf-8", newline="\n")
