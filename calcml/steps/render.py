"""What is told of steps: lines of text, words in LaTeX, Markdown and HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain as joined, count
from typing import NamedTuple

from calcml.algebra.facts import Facts
from calcml.algebra.simplify import PUT_IN_ORDER
from calcml.core.build import substitute
from calcml.core.display import environment
from calcml.core.expr import Expr, walk
from calcml.core.mathml import mathml
from calcml.printing import latex, text
from calcml.steps.limits import CONDITIONS_WORK, WIDTH
from calcml.steps.order import permuted
from calcml.steps.rule_names import PLAIN
from calcml.steps.step import Names, Step, asked, without_derivatives
from calcml.steps.tidy_signs import neat

BACK = "names put back"

Definitions = Sequence[tuple[Expr | str, Expr]]
Given = Sequence[Expr | str]


class Told(NamedTuple):
    """A step with the conditions that are told beside it."""

    step: Step
    condition: list[Expr]

    @property
    def said(self) -> str:
        """The rule, and the conditions under which it holds."""
        words = ", ".join(map(text, self.condition))
        return f"{self.step.rule}, for {words}" if words else self.step.rule


Chains = Sequence[Sequence[Told]]


def told(chains: Sequence[Sequence[Step]], x: Expr, given: Sequence[Expr]) -> Chains:
    """The steps with their conditions: each once, and none that follows from others.

    Those of other variables than `x` are told where the result asks for them.

    Conditions with "or", those of powers with any exponent, are left to `condition`;
    so are those of sums and multiples, which come from terms that are constant.
    """
    steps = [step for chain in chains for step in _visible(chain)]
    seen = dict.fromkeys(given)
    if sum(len(walk(step.after)) for step in steps) > CONDITIONS_WORK:
        steps = []

    def news(step: Step) -> list[Expr]:
        if not steps or set(step.rule.split(", ")) <= PLAIN:
            return []
        found, needed = [], asked(without_derivatives(step.new))
        for c in step.condition:
            known = c in seen or Facts().and_where_defined(seen).decide(c) is True
            told = x.value in c.free_symbols or c in needed
            if c.op != "or" and told and not known:
                found.append(c)
                seen[c] = None
        return [step.shown(c) for c in found]

    return [
        [*[Told(step, news(step)) for step in _visible(chain)], *_back(chain[-1])]
        for chain in chains
    ]


def _back(last: Step) -> list[Told]:
    """The line in which the names are put back, where the last step shows any."""
    named, whole = last.shown(last.after), last.after
    if named is whole:
        return []
    put = neat(substitute(named, last.names.meant()))
    rule = f"{BACK}, {PUT_IN_ORDER}" if permuted(put, whole) else BACK
    return [Told(Step(rule, named, whole, named, whole, Names(result=whole)), [])]


def _visible(chain: Sequence[Step]) -> Sequence[Step]:
    """The steps that change what is shown: not those that only turn a sign."""
    shown = [s for s in chain if s.shown(s.before) is not s.shown(s.after)]
    return shown or chain[-1:]


def text_given(given: Given) -> list[str]:
    """What is given, as a line."""
    return [f"given {', '.join(map(str, given))}"] if given else []


# --- text --------------------------------------------------------------------------


def brief(chains: Chains) -> list[str]:
    """A line for each step, the rule beside it."""
    rows: list[tuple[str, str]] = []
    for chain in chains:
        step = chain[0].step
        left = text(step.shown(step.before))
        if len(left) > WIDTH // 4:
            rows.append((left, ""))
            left = "  "
        for step, said in [(one.step, one.said) for one in chain]:
            rows.append((f"{left} = {text(step.shown(step.after))}", said))
            left = " " * len(left)
    return columns(rows)


def full(chains: Chains) -> list[str]:
    """The whole expression before and after each step, what it changes underlined."""
    rows: list[str] = []
    numbers = iter(numbered(chains))
    for chain in chains:
        sign = "  "
        for one in chain:
            before, part = one.step.marked(False)
            rows.append(f"{sign} {before}")
            if part and part != (0, len(before)):
                rows.append(" " * (part[0] + 3) + "~" * (part[1] - part[0]))
            number = next(numbers)[0]
            rows.append(f"{number}. {one.said}" if number else f"   {one.said}")
            sign = " ="
        last = chain[-1].step
        rows.append(f"{sign} {text(last.shown(last.after))}")
    return rows


def numbered(chains: Chains) -> Iterator[tuple[str, Told]]:
    """The steps of all chains with their numbers; names are put back without one."""
    number = count(1)
    for one in joined.from_iterable(chains):
        yield "" if one.step.rule.startswith(BACK) else str(next(number)), one


def columns(rows: Sequence[tuple[str, str]]) -> list[str]:
    """Lines with a remark beside each; very long lines make no room for the rest."""
    room = max((len(a) for a, _ in rows if len(a) <= WIDTH - 30), default=0)
    return [f"{a:{room}}    {b}".rstrip() for a, b in rows]


# --- LaTeX and Markdown ------------------------------------------------------------


def tex_said(one: Told) -> str:
    """The rule and its conditions in a formula."""
    if not one.condition:
        return tex_words(one.step.rule)
    words = ", ".join(c.latex() for c in one.condition)
    return rf"{tex_words(f'{one.step.rule}, for ')} {words}"


def aligned(rows: Sequence[str], given: Given = ()) -> str:
    """An align* environment of rows, what is given first."""
    first = [rf"& {tex_given(given)}"] if given else []
    return environment("align*", [" \\\\\n".join([*first, *rows])])


def tex_given(given: Given) -> str:
    """What is given, in a formula."""
    facts = [tex_words(c) if isinstance(c, str) else c.latex() for c in given]
    return rf"\text{{given }} {', '.join(facts)}"


_TEX = {"^": r"\textasciicircum{}", "_": r"\_", "%": r"\%", "&": r"\&", "#": r"\#"}


def tex_words(words: str) -> str:
    """Words in a formula."""
    return rf"\text{{{''.join(_TEX.get(c, c) for c in words)}}}" if words else ""


def markdown_words(words: str) -> str:
    """Words in Markdown."""
    for sign in "\\*_":
        words = words.replace(sign, f"\\{sign}")
    return words


# --- HTML --------------------------------------------------------------------------


def html_names(names: Definitions, given: Given) -> str:
    """What is given, and the names with what they stand for, in paragraphs.

    A name that is text is LaTeX.
    """
    lines = [tex_given(given)] if given else []
    for name, e in names:
        told = name if isinstance(name, str) else latex(name)
        lines.append(f"{told} = {latex(e, whole=True)}")
    return "".join(f"<p>{mathml(line)}</p>" for line in lines)
