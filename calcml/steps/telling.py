"""Steps told as text, LaTeX, Markdown and HTML."""

from __future__ import annotations

import html
from collections.abc import Sequence

from calcml.expr import Expr
from calcml.printing import latex, text
from calcml.steps.step import Step

WIDTH = 88  # characters of a line

Names = Sequence[tuple[Expr, Expr]]
Chains = Sequence[Sequence[Step]]


# --- text --------------------------------------------------------------------------


def as_text(names: Names, chains: Chains, full: bool) -> str:
    """A line for each step, or the whole before and after each one."""
    told = _full(chains) if full else _brief(chains)
    return "\n".join([*[f"{n} = {text(e)}" for n, e in names], *told])


def _brief(chains: Chains) -> list[str]:
    """A line for each step, the rule beside it."""
    lines: list[tuple[str, str]] = []
    for chain in chains:
        left = text(chain[0].shown(chain[0].before))
        if len(left) > WIDTH // 4:
            lines.append((left, ""))
            left = "  "
        for step in chain:
            lines.append((f"{left} = {text(step.shown(step.after))}", step.said))
            left = " " * len(left)
    return columns(lines)


def _full(chains: Chains) -> list[str]:
    """The whole expression before and after each step, what it changes underlined."""
    lines, count = [], 0
    for chain in chains:
        sign = "  "
        for step in chain:
            count += 1
            before, part = step.marked(False)
            lines.append(f"{sign} {before}")
            if part and part != (0, len(before)):
                lines.append(" " * (part[0] + 3) + "~" * (part[1] - part[0]))
            lines.append(f"{count}. {step.said}")
            sign = " ="
        lines.append(f"{sign} {text(chain[-1].shown(chain[-1].after))}")
    return lines


def columns(lines: Sequence[tuple[str, str]]) -> list[str]:
    """Lines with a remark beside each; very long lines make no room for the rest."""
    room = max((len(a) for a, _ in lines if len(a) <= WIDTH - 30), default=0)
    return [f"{a:{room}}    {b}".rstrip() for a, b in lines]


# --- LaTeX and Markdown ------------------------------------------------------------


def as_latex(names: Names, chains: Chains, full: bool) -> str:
    """An align* environment: what the next step changes is underlined, if `full`."""
    rows = [f"{latex(n)} &= {latex(e)}" for n, e in names]
    for chain in chains:
        for k, step in enumerate(chain):
            left = latex(step.shown(step.before)) if k == 0 else ""
            marked = [
                step.shown(following.old)
                for following in chain[k + 1 : k + 2]
                if full and following.old is not following.before
            ]
            right = latex(step.shown(step.after), marked)
            rows.append(rf"{left} &= {right} && {tex_words(step.said)}")
    return aligned(rows)


def aligned(rows: Sequence[str]) -> str:
    """An align* environment of rows."""
    lines = " \\\\\n".join(rows)
    return f"\\begin{{align*}}\n{lines}\n\\end{{align*}}"


_TEX = {"^": r"\textasciicircum{}", "_": r"\_", "%": r"\%", "&": r"\&", "#": r"\#"}


def tex_words(words: str) -> str:
    """Words in a formula."""
    return rf"\text{{{''.join(_TEX.get(c, c) for c in words)}}}" if words else ""


def as_formulas(names: Names, chains: Chains) -> str:
    """Markdown: one formula, a line for each step with its rule."""
    return f"$$\n{as_latex(names, chains, False).replace('align*', 'aligned')}\n$$"


def as_table(names: Names, chains: Chains) -> str:
    """Markdown: a table of rule, before and after, what changes underlined."""
    rows = [*_where(names), "| | rule | before | after |", "|---|---|---|---|"]
    for k, step in enumerate([step for chain in chains for step in chain], 1):
        sides = [
            latex(step.shown(whole), () if part is whole else (step.shown(part),))
            for whole, part in ((step.before, step.old), (step.after, step.new))
        ]
        cells = " | ".join(f"${side}$".replace("|", r"\|") for side in sides)
        rows.append(f"| {k} | {_md_words(step.said)} | {cells} |")
    return "\n".join(rows)


def _where(names: Names) -> list[str]:
    where = ", ".join(f"${latex(n)} = {latex(e)}$" for n, e in names)
    return [f"Where {where}:", ""] if where else []


def _md_words(words: str) -> str:
    for sign in "\\*_|":
        words = words.replace(sign, f"\\{sign}")
    return words


# --- HTML --------------------------------------------------------------------------


def as_html(names: Names, steps: Sequence[Step]) -> str:
    """A table of rule, before and after, what changes marked."""
    rows = []
    for k, step in enumerate(steps, 1):
        cells = [_marked(*step.marked(after)) for after in (False, True)]
        rows.append(
            f"<tr><td>{k}</td><td>{html.escape(step.said)}</td>{''.join(cells)}</tr>"
        )
    where = [f"<p><code>{html.escape(f'{n} = {text(e)}')}</code></p>" for n, e in names]
    head = "<tr><th></th><th>rule</th><th>before</th><th>after</th></tr>"
    return f"{''.join(where)}<table>{head}{''.join(rows)}</table>"


def _marked(words: str, part: tuple[int, int] | None) -> str:
    start, end = part or (0, 0)
    a, b, c = map(html.escape, (words[:start], words[start:end], words[end:]))
    marked = f"<mark>{b}</mark>" if b and (a or c) else b
    return f"<td><code>{a}{marked}{c}</code></td>"
