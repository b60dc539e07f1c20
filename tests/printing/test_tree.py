"""The graph of an expression as lines."""

from __future__ import annotations

import pytest

from calcml.core.expr import make, symbol
from calcml.core.tensors import outer
from calcml.parsing.parser import parse
from calcml.printing.tree import described, tree

SHAPES = {"A": "m n", "v": "n", "w": "m"}


def test_arguments_stand_below_and_leaves_with_their_values() -> None:
    assert list(tree(parse("2.50*x + pi"))) == [
        "add",
        "  mul",
        "    number 2.50",
        "    symbol x",
        "  constant pi",
    ]


def test_what_is_used_twice_is_written_out_once() -> None:
    assert list(tree(parse("sin(x^2)*x^2 + x^2"))) == [
        "add",
        "  mul",
        "    sin",
        "      #1 = pow",
        "        symbol x",
        "        number 2",
        "    #1",
        "  #1",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("A @ v", "contract ij,j->i (m,)"),
        ("v[:, None]", "contract i->i1 (n, 1)"),
        ("softmax(A, axis=0)", "softmax [0] (m, n)"),
        ("eye(3)", "delta 3 (3, 3)"),
        ("A", "symbol A (m, n)"),
        ("f(x, y)", "formal f"),
        ("D(f(x), x)", "formal f derived [1]"),
        ("1/3", "number 1/3"),
        ("max(v)", "max_over [0]"),
    ],
)
def test_a_node_has_its_value_and_the_shape_of_an_array(text: str, line: str) -> None:
    assert described(parse(text, shapes=SHAPES)) == line


def test_more_labels_than_letters_are_numbers() -> None:
    many = symbol("T", "a " * 14)
    assert described(outer(many, many)).startswith("contract 0 1 2")


def test_a_deep_graph_needs_no_recursion_and_few_spaces() -> None:
    node = symbol("x")
    for _ in range(100_000):
        node = make("sin", (node,))
    lines = list(tree(node))
    assert len(lines) == 100_001
    assert lines[30:32] == ["  " * 30 + "sin", "31: sin"]
    assert lines[-1] == "100000: symbol x"
