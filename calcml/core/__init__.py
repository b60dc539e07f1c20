"""Nodes: interned, shaped, built with light folds, ordered by structure.

In flow operations, numbers and shapes, out of it `Expr`, the one class of nodes, and
on arrays the contraction and what is made of it (`core.tensors`). It knows the rows of
functions, and no text. It may import `functions`.
"""
