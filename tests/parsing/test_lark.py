"""The parser answers alike with every version of Lark that is allowed.

Lark's table is read through a private name, so its version is bounded in pyproject.
`CALCML_LARKS` is a folder in which pip installed the oldest and the newest allowed,
each in a folder of its own; `.ci/run` makes it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def bounds() -> tuple[str, str]:
    """The oldest version that is allowed, and the first that is not."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (wanted,) = (d for d in project["project"]["dependencies"] if d.startswith("lark"))
    match = re.fullmatch(r"lark>=([\d.]+),<([\d.]+)", wanted)
    assert match, wanted
    return match[1], match[2]


def told(folder: str | None = None) -> dict[str, Any]:
    """What a process says in which the Lark of a folder hides the installed one."""
    places = [str(ROOT)] if folder is None else [folder, str(ROOT)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.parsing.lark_behaviour"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(places)},
        timeout=300,
    )
    answers: dict[str, Any] = json.loads(done.stdout)
    return answers


def test_the_version_of_lark_is_bounded() -> None:
    import lark

    oldest, beyond = bounds()
    assert version(oldest) <= version(lark.__version__) < version(beyond)


@pytest.mark.slow
def test_the_oldest_and_the_newest_lark_make_one_parser() -> None:
    place = os.environ.get("CALCML_LARKS")
    if not place:
        message = "set CALCML_LARKS to a folder of Larks, as .ci/run does"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    ours = told()
    assert ours["tables"] == 2
    assert len(ours["answers"]) > 100
    oldest, beyond = bounds()
    seen = []
    for folder in sorted(Path(place).iterdir()):
        theirs = told(str(folder))
        seen.append(version(theirs["lark"]))
        assert theirs["tables"] == 2
        assert theirs["answers"] == ours["answers"], f"Lark {theirs['lark']}"
    assert min(seen) == version(oldest)
    assert version(oldest) < max(seen) < version(beyond)
