"""docs/commands.md is what the commands say of themselves.

`python -m tests.test_commands` writes it anew.
"""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from calcml.cli import cli

PAGE = Path(__file__).parents[1] / "docs/commands.md"
HEAD = """# Commands

What each command says of itself, `calcml help COMMAND`. This page is made of that by
`python -m tests.test_commands`.

Answers go to standard output, all else to standard error. The exit status is 0 for an
answer, 1 for a problem in the input, 2 for wrong usage; `check` has its own, below. A
reader that leaves early, as `calcml functions | head` does, ends a command quietly.

## Completion

Shells complete commands, options, their values, and the names of tables and functions:

| shell | once, in a file that it reads at its start | |
|---|---|---|
| bash | `eval "$(_CALCML_COMPLETE=bash_source calcml)"` | `~/.bashrc` |
| zsh | `eval "$(_CALCML_COMPLETE=zsh_source calcml)"` | `~/.zshrc` |
| fish | `_CALCML_COMPLETE=fish_source calcml \\| source` | `config.fish` |
"""


def blocks(command: click.Command) -> Iterator[str]:
    """The paragraphs of a command's help; those that are not filled are code."""
    for block in inspect.cleandoc(command.help or "").split("\n\n"):
        if block.startswith("\b\n"):
            lines = textwrap.dedent(block.removeprefix("\b\n"))
            kind = "sh" if "calcml " in lines else "text"
            yield f"```{kind}\n{lines}\n```"
        else:
            yield block


def described(name: str, command: click.Command, above: click.Context) -> str:
    """A command: its usage, its help and its options."""
    context = click.Context(command, above, name, **command.context_settings)
    usage = f"calcml {name} {' '.join(command.collect_usage_pieces(context))}"
    parts = [f"## {name}", f"`{usage}`", *blocks(command)]
    options = [p for p in command.get_params(context) if isinstance(p, click.Option)]
    records = [option.get_help_record(context) for option in options]
    cells = [[cell.replace("|", r"\|") for cell in r] for r in records if r]
    rows = [f"| `{opts}` | {text} |" for opts, text in cells]
    return "\n\n".join([*parts, "\n".join(["| option | |", "|---|---|", *rows])])


def page() -> str:
    above = click.Context(cli, None, "calcml", **cli.context_settings)
    found = [described(n, command, above) for n, command in cli.commands.items()]
    return "\n\n".join([HEAD.rstrip(), *found]) + "\n"


def test_the_page_is_what_the_commands_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_set_up_as_told(shell: str) -> None:
    assert f"_CALCML_COMPLETE={shell}_source calcml" in HEAD
    command = "import sys; from calcml.cli import main; sys.argv = ['calcml']; main()"
    done = subprocess.run(
        [sys.executable, "-c", command],
        env=os.environ | {"_CALCML_COMPLETE": f"{shell}_source"},
        capture_output=True,
        text=True,
    )
    assert f"_CALCML_COMPLETE={shell}_complete" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("name", cli.commands)
def test_each_option_is_explained(name: str) -> None:
    command = cli.commands[name]
    assert inspect.cleandoc(command.help or "")
    for param in command.params:
        assert isinstance(param, click.Argument) or param.help  # type: ignore[attr-defined]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
