"""The words of a command on formulas, some of which look like options."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain
from typing import Any

import click

LINES = "calcml.lines"  # where a context keeps the FILE of -f


class FormulaCommand(click.Command):
    """A command on formulas, which may begin with a minus.

    What stands where a name should, or looks like a long option, is one all the same.
    """

    ignore_unknown_options = True
    by_line = False  # whether -f FILE gives a formula a line

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.context_settings = {"help_option_names": ["--help"]}  # -h is a formula

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args == ["-h"]:
            args = ["--help"]
        before = args[: (*args, "--").index("--")]
        places = [k for k, word in enumerate(before) if word in ("-f", "--file")]
        if self.by_line and places:
            place = places[0]
            if place + 1 == len(args):
                raise click.UsageError(f"{args[place]} lacks its FILE")
            ctx.meta[LINES] = args[place + 1]
            args = ["", *args[:place], *args[place + 2 :]]
        ours = {name: p for p in self.get_params(ctx) for name in _spellings(p)}
        formulas = sum(p.name in ("expr", "candidate") for p in self.params)
        words = iter(args)
        values: list[str] = []
        for word in words:
            if word == "--":
                break
            name, equals, _ = word.partition("=")
            if name in ours:
                if not equals and not getattr(ours[name], "is_flag", False):
                    next(words, None)
                continue
            named = re.fullmatch(r"--[A-Za-z][\w-]+", name)
            if named or (formulas <= 0 and word.startswith("-")):
                raise click.UsageError(_no_option(name, ours, ctx), ctx)
            if formulas <= 0 and _VALUE.match(word):
                values.append(word)
            formulas -= 1
        if values and "--at" in ours:
            point = ", ".join(values)
            told = f"'{point}'" if re.search(r"[^\w=./+-]", point) else point
            raise click.UsageError(f"values stand after --at; write --at {told}", ctx)
        return super().parse_args(ctx, args)


_VALUE = re.compile(r"[^\W\d]\w*\s*=(?!=)")  # as in x=3


def _spellings(param: click.Parameter) -> list[str]:
    """How an option is written; an argument has no spelling."""
    is_option = isinstance(param, click.Option)
    return [*param.opts, *param.secondary_opts] if is_option else []


def _no_option(name: str, ours: Iterable[str], ctx: click.Context) -> str:
    """What is told of an option that a command has not."""
    from difflib import get_close_matches

    group = ctx.parent and ctx.parent.command
    others = group.commands if isinstance(group, click.Group) else {}
    have = [k for k, c in others.items() if name in chain(*map(_spellings, c.params))]
    near = get_close_matches(name, ours, 1, 0.75)
    hint = f"; write {near[0]}" if near else ""
    if have:
        hint = f"; {', '.join(have)} {'have' if len(have) > 1 else 'has'} it"
    return (
        f"{ctx.info_name} has no option {name}{hint} (a formula that begins so stands "
        "after --)"
    )
