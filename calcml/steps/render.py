"""What is told of steps: lines of text, words in LaTeX, Markdown and HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

from calcml.algebra.facts import Facts
from calcml.core.display import environment, html_code
from calcml.core.expr import Expr, walk
from calcml.printing import text
from calcml.steps.limits import CONDITIONS_WORK, WIDTH
from calcml.steps.rule_names import PLAIN
from calcml.steps.step import Step, asked, without_derivatives
from calcml.steps.tidy_signs import neat

BACK = "names put back"

Names = Sequence[tuple[Expr, Expr]]


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
    chains = [_visible(chain) for chain in chains]
    steps = [step for chain in chains for step in chain]
    seen = dict.fromkeys(given)
    if sum(len(walk(step.after)) for step in steps) > CONDITIONS_WORK:
        return [[Told(step, []) for step in chain] for chain in chains]

    def news(step: Step) -> list[Expr]:
        if set(step.rule.split(", ")) <= PLAIN:
            return []
        found, needed = [], asked(without_derivatives(step.new))
        for c in step.condition:
            known = c in seen or Facts().and_where_defined(seen).decide(c) is True
            told = x.value in c.free_symbols or c in needed
            if c.op != "or" and told and not known:
                found.append(c)
                seen[c] = None
        return [step.shown(c) for c in found]

    return [[Told(step, news(step)) for step in chain] for chain in chains]


def _visible(chain: Sequence[Step]) -> Sequence[Step]:
    """The steps that change what is shown: not those that only turn a sign."""
    shown = [s for s in chain if s.shown(s.before) is not s.shown(s.after)]
    return shown or chain[-1:]


def lines(chain: Sequence[Told]) -> Iterator[tuple[Told | None, Expr, str]]:
    """What stands after each step, with what is said of it; names put back at last."""
    for one in chain:
        yield one, one.step.shown(one.step.after), one.said
    last = chain[-1].step
    whole = neat(last.after)
    if whole is not last.shown(last.after):
        yield None, whole, BACK


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
        for _, after, said in lines(chain):
            rows.append((f"{left} = {text(after)}", said))
            left = " " * len(left)
    return columns(rows)


def full(chains: Chains) -> list[str]:
    """The whole expression before and after each step, what it changes underlined."""
    rows, count = [], 0
    for chain in chains:
        sign = "  "
        for one in chain:
            count += 1
            before, part = one.step.marked(False)
            rows.append(f"{sign} {before}")
            if part and part != (0, len(before)):
                rows.append(" " * (part[0] + 3) + "~" * (part[1] - part[0]))
            rows.append(f"{count}. {one.said}")
            sign = " ="
        *_, (ended, after, said) = lines(chain)
        if ended is None:
            last = chain[-1].step
            rows += [f"{sign} {text(last.shown(last.after))}", f"   {said}"]
        rows.append(f"{sign} {text(after)}")
    return rows


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


def aligned(rows: Sequence[str]) -> str:
    """An align* environment of rows."""
    return environment("align*", [" \\\\\n".join(rows)])


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


def html_names(names: Names) -> str:
    """The names, each with what it stands for, in paragraphs of their own."""
    return "".join(f"<p>{html_code(f'{n} = {text(e)}')}</p>" for n, e in names)


def html_marked(words: str, part: tuple[int, int] | None) -> str:
    """Text in HTML, a part of it marked."""
    start, end = part or (0, 0)
    a, b, c = map(escape, (words[:start], words[start:end], words[end:]))
    marked = f"<mark>{b}</mark>" if b and (a or c) else b
    return f"<code>{a}{marked}{c}</code>"
