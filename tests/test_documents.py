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
DOCUMENTS = (
    *GUIDES,
    "README.md",
    "CHANGELOG.md",
    "docs/decisions.md",
    "docs/commands.md",
    "docs/syntax.md",
)


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


def is_there(word: str) -> bool:
    """Whether a dotted word is a module of calcml, or a name inside one."""
    place, name = ROOT.joinpath("calcml", *word.split(".")), word.rpartition(".")[2]
    if place.is_dir() or place.with_suffix(".py").is_file():
        return True
    module = place.parent / "__init__.py" if place.parent.is_dir() else None
    source = module or place.parent.with_suffix(".py")
    return source.is_file() and bool(
        re.search(rf"^(def|class) {name}\b", source.read_text("utf-8"), re.M)
    )


def test_modules_of_the_walks_are_there() -> None:
    words = re.findall(r"`([a-z_]+(?:\.\w+)+)`", text("ARCHITECTURE.md"))
    inside = [word for word in words if word.partition(".")[0] in ROOMS]
    assert len(inside) > 20
    assert [word for word in inside if not is_there(word)] == []


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
