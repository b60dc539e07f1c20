"""What ARCHITECTURE, CONTRIBUTING and the decisions name is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from calcml.algebra.rules import RULES
from calcml.functions import SPELLINGS
from calcml.functions.arrays import ARRAY_FUNCTIONS
from tests.test_architecture import ROOMS

ROOT = Path(__file__).parents[1]
GUIDES = ("ARCHITECTURE.md", "CONTRIBUTING.md")
DOCUMENTS = (*GUIDES, "README.md", "CHANGELOG.md", "docs/decisions.md")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def paths(name: str) -> Iterator[str]:
    """Files and folders of the repository that a document names in backticks."""
    for word in re.findall(r"`([\w./]+)`", text(name)):
        if word.startswith(("calcml/", "tests/", "docs/", "grammar/", "examples/")):
            yield word


def test_the_guides_are_short() -> None:
    assert sum(len(text(name).splitlines()) for name in GUIDES) <= 300


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", text(name)):
        if not target.startswith("http"):
            assert ((ROOT / name).parent / target).exists(), target


@pytest.mark.parametrize("name", GUIDES)
def test_paths_are_there(name: str) -> None:
    for path in paths(name):
        assert (ROOT / path).exists(), path


def test_modules_of_the_walks_are_there() -> None:
    """Words such as `algebra.simplify` are modules, or names inside one."""
    found = 0
    for word in re.findall(r"`([a-z_]+(?:\.[a-z_]+)+)`", text("ARCHITECTURE.md")):
        parts = word.split(".")
        if parts[0] in ROOMS:
            room = ROOT / "calcml" / parts[0]
            place = room.joinpath(*parts[1:])
            assert (
                place.is_dir()
                or place.with_suffix(".py").is_file()
                or (room / "__init__.py").is_file()
                and f"def {parts[-1]}(" in text(f"calcml/{parts[0]}/__init__.py")
            ), word
            found += 1
    assert found > 20


def test_the_picture_shows_every_room() -> None:
    _, _, picture = text("ARCHITECTURE.md").partition("## The tree")
    picture, _, _ = picture.partition("Third parties")
    for room in ROOMS:
        assert re.search(rf"\b{room}\b", picture), room


def test_lines_that_are_shown_are_lines_of_the_tables() -> None:
    names = {
        "fn": SPELLINGS,
        "arr": ARRAY_FUNCTIONS,
        "rule": RULES,
    }
    shown = re.findall(r'^ *(fn|arr|rule)\("([\w-]+)', text("CONTRIBUTING.md"), re.M)
    assert len(shown) == 4
    for table, name in shown:
        assert name in names[table], name
