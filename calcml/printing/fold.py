"""One fold for every printer: a style gives the pieces of a node, a loop joins them.

Nothing here calls itself, so depth costs no stack; an expression whose written-out
form would be far longer than its graph is printed with definitions for shared parts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, repeat

from calcml.core.comparisons import COMPARISONS
from calcml.core.expr import Expr, walk
from calcml.core.tensors.names import MATMUL
from calcml.printing.limits import PARTS, SEVERAL, SHORT, SWELL, WORK

Piece = str | tuple[Expr, int]  # text, or a node with the least precedence it may have
Pieces = Callable[[Expr], list[Piece]]

# Precedences, from the loosest binding to the tightest; 0 asks for no brackets.
OR, AND, NOT, COMPARE, SUM, ODOT, PRODUCT, SIGN, POWER, ATOM = range(1, 11)


@dataclass(frozen=True, slots=True)
class Style:
    """How one language spells a node, a bracket, a name and a list of definitions.

    `marks` stand around the parts that are to be seen.
    """

    pieces: Pieces
    precedence: Callable[[Expr], int]
    brackets: tuple[str, str]
    name: Callable[[str], str]
    definitions: Callable[[list[tuple[str, str]], str], str]
    marks: tuple[str, str] = ("", "")


def render(
    root: Expr,
    style: Style,
    names: Mapping[Expr, str] | None = None,
    marked: Collection[Expr] = (),
) -> str:
    """`root` in a style, written out, or with definitions where that would swell.

    `names` are those of parts that are to be defined, whatever the length. The parts
    `marked` stand between the style's marks, where all is written out.
    """
    short = None if names else _short(root, style, marked)
    if short is not None:
        return short
    return defined(root, style, shared_names([root], names or {}))


def defined(root: Expr, style: Style, names: Mapping[Expr, str]) -> str:
    """`root` after the definitions of the parts that have names, and of no others."""
    lines = definitions(style, names)
    body = _emit(root, style, names)
    return style.definitions(lines, body) if lines else body


def definitions(style: Style, names: Mapping[Expr, str]) -> list[tuple[str, str]]:
    """The names of parts, and what each is in the names before it."""
    return [
        (style.name(name), _emit(node, style, names)) for node, name in names.items()
    ]


def in_names(root: Expr, style: Style, names: Mapping[Expr, str]) -> str:
    """One of several expressions in the names of parts, which may be its own."""
    return style.name(names[root]) if root in names else _emit(root, style, names)


def _short(root: Expr, style: Style, marked: Collection[Expr] = ()) -> str | None:
    """`root` written out, each shared part once, or None where that is long."""
    left, right = style.brackets
    pieces, precedence = style.pieces, style.precedence
    made: dict[Expr, str] = {}
    work = 0
    for node in walk(root):
        parts = []
        for piece in pieces(node):
            if isinstance(piece, str):
                parts.append(piece)
                continue
            below, least = piece
            if least and precedence(below) < least:
                parts += [left, made[below], right]
            else:
                parts.append(made[below])
        text = "".join(parts)
        if node in marked:
            text = text.join(style.marks)
        made[node] = text
        work += len(text)
        if len(text) > SHORT or work > WORK:
            return None
    return made[root]


def shared_names(
    roots: Sequence[Expr], names: Mapping[Expr, str], taken: Iterable[str] = ()
) -> Mapping[Expr, str]:
    """`names`, and t1, t2, ... for shared parts where writing them out would swell.

    The names that are `taken` are not given again.
    """
    nodes = walk(*roots)
    several = len(roots) > 1
    uses = Counter(roots if several else ())
    length: dict[Expr, int] = {}
    for node in nodes:
        uses.update(node.args)
        inside = sum([1 if arg in names else length[arg] for arg in node.args])
        length[node] = min(1 + inside, 1 << 60)
    whole = sum([length[node] for node in (*roots, *names) if node in length])
    most = SWELL * len(nodes)
    if whole <= (PARTS if names else max(SEVERAL, most) if several else most):
        return names
    used = {n.value for n in nodes if n.op == "symbol"}.union(names.values(), taken)
    free = (name for i in count(1) if (name := f"t{i}") not in used)
    found: dict[Expr, str] = {}
    for node in nodes:
        length[node] = 1 + sum([1 if a in found else length[a] for a in node.args])
        if node in names:
            found[node] = names[node]
        elif node.args and uses[node] > 1 and length[node] > 2:  # as x.T is not
            found[node] = next(free)
    return found


def _emit(root: Expr, style: Style, names: Mapping[Expr, str]) -> str:
    """`root` from left to right, named nodes by their names."""
    out: list[str] = []
    stack: list[Piece] = [(root, 0)]
    left, right = style.brackets
    while stack:
        piece = stack.pop()
        if isinstance(piece, str):
            out.append(piece)
            continue
        node, least = piece
        if node in names and node is not root:
            out.append(style.name(names[node]))
        elif style.precedence(node) < least:
            stack.append(right)
            stack.extend(reversed(style.pieces(node)))
            out.append(left)
        else:
            stack.extend(reversed(style.pieces(node)))
    return "".join(out)


def separated(nodes: tuple[Expr, ...], separator: str = ", ") -> list[Piece]:
    """The nodes with a separator between them."""
    pieces: list[Piece] = []
    for node in nodes:
        pieces += [separator, (node, 0)] if pieces else [(node, 0)]
    return pieces


def filled(
    template: str, args: Iterable[Expr], least: Iterable[int] = repeat(0)
) -> list[Piece]:
    """A template in which #1, #2, ... stand for the arguments."""
    pairs: list[Piece] = [*zip(args, least, strict=False)]
    parts = enumerate(re.split(r"#(\d)", template))
    return [pairs[int(part) - 1] if i % 2 else part for i, part in parts]


BINDING = {
    "or": OR,
    "and": AND,
    "not": NOT,
    **dict.fromkeys(COMPARISONS, COMPARE),
    "add": SUM,
    "sub": SUM,
    "mul": PRODUCT,
    "div": PRODUCT,
    "neg": SIGN,
    "pow": POWER,
    MATMUL: PRODUCT,
}


def binding(node: Expr) -> int:
    """How tightly a node's printed form holds together."""
    if node.op == "number":
        text = node.text
        if "/" in text:
            return PRODUCT
        return SIGN if text[0] == "-" else ATOM
    return BINDING.get(node.op, ATOM)


def negative(node: Expr) -> bool:
    """Whether the printed form begins with a minus that needs brackets after a sign."""
    while node.op in ("mul", "div", MATMUL):
        node = node.args[0]
    return node.op == "neg" or (node.op == "number" and node.text[0] == "-")


def infix(sign: str, left: int, right: int) -> Pieces:
    """How a style writes an operator between operands of these precedences."""

    def pieces(node: Expr) -> list[Piece]:
        a, b = node.args
        return [(a, left), sign, (b, ATOM if right > SUM and negative(b) else right)]

    return pieces


# The operators that every style writes between their operands: text, LaTeX, and how
# tightly the operands hold together.
INFIX = {
    "or": (" or ", r" \lor ", OR, AND),
    "and": (" and ", r" \land ", AND, NOT),
    "lt": (" < ", " < ", SUM, SUM),
    "le": (" <= ", r" \le ", SUM, SUM),
    "gt": (" > ", " > ", SUM, SUM),
    "ge": (" >= ", r" \ge ", SUM, SUM),
    "eq": (" == ", " = ", SUM, SUM),
    "ne": (" != ", r" \ne ", SUM, SUM),
    "add": (" + ", " + ", SUM, ODOT),
    "sub": (" - ", " - ", SUM, ODOT),
}


def variables_of(node: Expr) -> list[tuple[Expr | int, int]]:
    """By what a formal derivative was derived, and how often.

    A variable is the argument itself, or the number of its place where the argument
    is a number or stands twice.
    """
    _, orders = node.value
    clear = len(set(node.args)) == len(node.args) and all(
        a.op != "number" for a in node.args
    )
    return [
        (arg if clear else i + 1, times)
        for i, (arg, times) in enumerate(zip(node.args, orders, strict=True))
        if times
    ]
