"""README shows what calcml prints, in its console, its Python and its table."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import calcml as cm
from calcml.functions import FUNCTIONS, SPELLINGS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.M | re.S)


SESSIONS = [
    (command, output)
    for block in blocks("console")
    for command, output in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.M)
]


@pytest.mark.parametrize(("command", "output"), SESSIONS, ids=[c for c, _ in SESSIONS])
def test_commands_print_what_readme_shows(command: str, output: str) -> None:
    program, *arguments = shlex.split(command)
    assert program == "calcml"
    done = subprocess.run(
        [sys.executable, "-m", "calcml", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env=os.environ | {"NO_COLOR": "1"},
        timeout=60,
    )
    assert done.stdout == output


def test_the_tour_prints_what_readme_shows() -> None:
    known = set(FUNCTIONS)
    tour = "\n".join(blocks("pycon"))
    test = doctest.DocTestParser().get_doctest(tour, {}, "README", "README.md", 0)
    assert len(test.examples) > 10
    report: list[str] = []
    try:
        doctest.DocTestRunner().run(test, out=report.append)
    finally:
        for name in set(FUNCTIONS) - known:  # what the tour defined
            del FUNCTIONS[name], SPELLINGS[name]
    assert not report, "".join(report)


def test_the_table_is_the_one_that_is_printed() -> None:
    _, table = cm.table("basics", first=8).render().split("\n\n", 1)
    assert table.strip() in README
    assert max(map(len, table.splitlines())) <= 100


def test_there_are_two_commands_for_setting_up() -> None:
    printing, testing = (block.strip() for block in blocks("sh"))
    assert printing.endswith("calcml table basics") and "\n" not in printing
    assert testing.endswith("pytest") and "\n" not in testing
