"""Code that is refused: what the message says, and what it tells, done."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import calcml as cm

SHAPES = {"A": "m n", "v": "n", "u": "n", "w": "m", "z": "m c", "y": "m", "T": "a b c"}


def python(text: Any, **shapes: str) -> cm.Expr:
    declared = {**SHAPES, **shapes} if isinstance(text, str) else None
    return cm.parse(text, shapes=declared, **({} if declared is None else DIALECT))


DIALECT = {"dialect": "python"}
ITSELF = "def f(x):\n    {}"

# Code, what the message says, and code that follows it.
REFUSED: list[tuple[str, str, list[str]]] = [
    ("x^2", "^ is exclusive or in Python; for a power write **", ["x**2"]),
    ("x(3)", "x is no function: write * for a product", ["x*3"]),
    ("F.relu(x, inplace=True)", "write it without that", ["F.relu(x)"]),
    ("v.add_(1)", "write add, and give the result a name", ["r = v.add(1)\nr"]),
    ("v.std()", "import one of them, or write np.std(...) or torch.std(...)", ["import torch\nv.std()", "np.std(v)", "torch.std(v)"]),
    ("nn.Linear(3, 4)(v)", "torch.nn.Linear is not read; write its formula out", ["v @ A.T"]),
    ("v.median()", "the method median is not read: write its formula out", ["v.mean()"]),
    ("np.median(v)", "numpy.median is not read; write its formula out", ["np.mean(v)"]),
    ("[np.exp(i) for i in v]", "write it over whole arrays", ["np.exp(v)"]),
    ("sum(i**2 for i in v)", "write it over whole arrays", ["np.sum(v**2)"]),
    (ITSELF.format("for i in v: pass"), "line 2: a loop is no formula; write it over whole arrays", ["np.sum(v)"]),
    (ITSELF.format("while x > 0: pass"), "a loop is no formula; write it over whole arrays", ["np.sum(v)"]),
    (ITSELF.format("yield x"), "yield is no formula; write one return", [ITSELF.format("return x")]),
    (ITSELF.format("yield from x"), "yield is no formula; write one return", [ITSELF.format("return x")]),
    ("np.exp(*v)", "arguments with a star are not read; write them out", ["np.exp(v)"]),
    ("np.exp(**v)", "arguments with stars are not read; write them out", ["np.exp(v)"]),
    ("def f(*x): return x", "arguments with stars are not read; write them out", ["def f(x): return x"]),
    ("(x > 0) + (x < 1)", "write |", ["(x > 0) | (x < 1)"]),
    ("0 < v < 1", "write (a < b) & (b < c)", ["np.where((0 < v) & (v < 1), v, 0)"]),
    ("2*pi", "write math.pi for the number; a variable of that name is an argument", ["2*math.pi", "def f(pi): return 2*pi"]),
    ("exp(x)", "exp is not defined here: write math.exp", ["math.exp(x)"]),
    ("len(x)", "builtins.len takes an array; declare x: n", ["len(v)"]),
    ("F.cross_entropy(x, y)", "the input takes an axis of classes; declare input: m c", ["F.cross_entropy(z, y)"]),
    ("int(2.5)", "write math.floor(...) where that is meant", ["math.floor(2.5)"]),
    ("np.array([1, 2]) @ v", "give them names", ["u @ v"]),
    (ITSELF.format("if x > 0:\n        return x"), "line 2: a branch is no formula; write np.where(condition, a, b), or a if condition else b", ["np.where(x > 0, x, 0)", "x if x > 0 else 0"]),
    (ITSELF.format("x[0] = 1\n    return x"), "write the new array as a formula, such as np.where(condition, a, b)", ["np.where(np.arange(3) == 0, 1, x)"]),
    ("def f(x): return x\ndef g(x): return 2*x", "end it with a call of one, such as g(x)", ["def f(x): return x\ndef g(x): return 2*x\ng(x)"]),
    (ITSELF.format("y = x"), "f returns nothing; end it with a formula or a return", [ITSELF.format("return x")]),
    (ITSELF.format("y = x\n    y += 1\n    return x*y"), "line 3: an array may be changed in place here; write y = y + ...", [ITSELF.format("y = x\n    y = y + 1\n    return x*y")]),
    (ITSELF.format("with a: pass"), "write its lines without it", [ITSELF.format("return x")]),
    ("class Loss: pass", "which method of Loss is meant is not known", ["class Loss:\n    def forward(self, x): return x"]),
    ("class A:\n    def f(self, x): return x\n    def g(self, x): return self.f(x)", "there are: f, g", ["class A:\n    def f(self, x): return x\n    def g(self, x): return self.f(x)\nA().g(x)"]),
    ("class A:\n    def __init__(self, x): self.a = x\n    def forward(self, x): return self.a*x", "x is an argument of __init__ and one of forward", ["class A:\n    def __init__(self, a): self.a = a\n    def forward(self, x): return self.a*x"]),
    ("class A(nn.Module):\n    def __init__(self):\n        self.fc = nn.Linear(2, 3)\n    def forward(self, x): return self.fc(x)", "fc of the object is not read: torch.nn.Linear is not read", []),
    ("class A:\n    a = 1\nclass B(A):\n    def forward(self, x): return self.a*x", "what it inherits is not read", []),
    ("class A:\n    k = 3\n    k += 1\n    def forward(self, x): return self.k*x", "line 3: this line of a class is not read", []),
    ("class A:\n    k = 3\n    def __call__(self, x): return self.k*x\nA.k = 4\ndef f(x): return A()(x)", "A gets a value outside the function in line 4", []),
    ("def forward(self, x): return self.a*x", "a of the object is set nowhere that is read", ["def forward(self, x): return x", "def forward(x, a): return a*x"]),
    ("class A:\n    def __init__(self):\n        self.a = 1\n        self.change()\n    def forward(self, x): return self.a*x", "change of the object is set nowhere that is read", []),
    ("if (k := 2) < 1: raise ValueError\nk*x", "a branch is no formula", ["if len(v) < 1: raise ValueError\nv"]),
    ("def g(x, b=0.3):\n    if b == 0.3:\n        return 2*x\n    return x", "a branch is no formula", ["def g(x, b=0.5):\n    if b == 0.5:\n        return x\n    return 2*x"]),
    ("np.exp(x)\nx", "the value of this line is used nowhere; give it a name", ["t = np.exp(x)\nt"]),
    ("x and y", "x should be a condition, such as x > 0", ["np.where(x > 0 and x < 1, x, 0)"]),
    ("def f(x: Float[Array, '*b']): return x", "the size *b of a shape is not read; write a name or a number", ["def f(x: Float[Array, 'b']): return x", "def f(x: Float[Array, '3']): return x"]),
    ("v.detach()", "detach is not read: it ends a derivative", []),
    ("np.linalg.norm(A, 2)", "'fro' and norms along an axis have one", ["np.linalg.norm(A, 'fro')", "np.linalg.norm(A, 2, axis=0)"]),
    (ITSELF.format("t = (2*x,)\n    y = t[0]\n    y += 1\n    return y*t[0]"), "line 4: an array may be changed in place here; write y = y + ...", []),
    ("@vmap\ndef f(x): return x", "line 1: a decorator is not run; leave it out", ["def f(x): return x", "@jax.jit\ndef f(x): return x"]),
    ("@other(jit)\ndef f(x): return x", "a decorator is not run; leave it out", ["@partial(jax.jit, static_argnums=0)\ndef f(x): return x"]),
    ("def jit(f): return f\n@jit\ndef f(x): return x", "line 2: a decorator is not run; leave it out", []),
    ("k = 2\nk += 1\ndef f(x): return k*x", "k gets a value outside the function in line 2 that is not followed here", ["k = 3\ndef f(x): return k*x", "def f(x, k): return k*x"]),
    ("if 1:\n    k = 2\ndef f(x): return k*x", "k gets a value outside the function in line 2", []),
    ("def f(x): return x**2\nf = jax.grad(f)\ndef g(x): return f(x)", "f gets a value outside the function in line 2", ["def f(x): return x**2\nf = jax.jit(f)\ndef g(x): return f(x)"]),
    ("def f(x):\n    global k\n    k = 2\n    return x\nk = 1\ndef g(x): return k*f(x)", "k gets a value outside the function", []),
    ("def f(s): return int(s)*s", "int(...) cuts off; write math.floor(...)", ["def f(s): return math.floor(s)*s", "int(v.shape[0])*2"]),
    ("torch.gather(z, 1, y)", "an index that has the size 1 along the axis, of shape (m, 1)", ["torch.gather(z, 1, y.unsqueeze(1))"]),
    ("np.concatenate([A, v])", "do not join along axis 0", ["np.concatenate([A, A])"]),
    ("np.stack([A, v])", "no common new axis", ["np.stack([v, u])"]),
    ("np.concatenate(A)", "arrays are joined in a list: [x, y]", ["np.concatenate([A])"]),
    ("np.diff(v, 2)", "diff is read of order 1", ["np.diff(np.diff(v))"]),
    ("F.scaled_dot_product_attention(A, A, A, is_causal=True)", "without mask and dropout", ["F.scaled_dot_product_attention(A, A, A)"]),
    ("sympy.symbols('x:3')", "names of variables are letters, digits and _", ["sympy.symbols('x')"]),
    ("sympy.symbols('f', cls=sympy.Function)", 'names of variables are one text: symbols("x y")', []),
    ("np.einsum('...i,...i->i', A, A)", "the dots of '...i,...i->i' do not fit", ["np.einsum('...i,...i->...', A, A)"]),
    ("def f(x, v):\n    y = x*v\n    z = y[1:]\n    y += 1\n    return y.sum()*z.sum()", "line 4: an array may be changed in place here", ["def f(x, v):\n    y = x*v\n    y += 1\n    return y"]),
    ("def f(v, A):\n    y = 2*v\n    y += A\n    return y", "y has the shape (n,), and keeps it", []),
    ("np.sum(~v)", "v should be a condition, such as x > 0", ["np.sum(~(v > 0))"]),
    ("sklearn.metrics.pairwise.rbf_kernel(v, v)", "this is read of arrays with two axes", []),
    ("torch.outer(A, A)", "this is read of arrays with one axis", ["torch.outer(v, v)", "np.outer(A, A)"]),
    ("F.cross_entropy(z, y, ignore_index=0)", "torch.nn.functional.cross_entropy is read as", ["F.cross_entropy(z, y)"]),
    ("F.softplus(v, threshold=5)", "torch.nn.functional.softplus is read as", ["F.softplus(v)"]),
    ("F.softmax(v, dim=None)", "torch.nn.functional.softmax is read as", ["F.softmax(v, dim=0)"]),
    ("np.dot(T, T)", "this is read of arrays with one or two axes", ["np.dot(v, u)"]),
    ("np.trace(T)", "this is read of arrays with one or two axes", ["np.trace(A @ A.T)"]),
    ("np.average(A, weights=w)", "this is read of arrays with one axis", ["np.average(v, weights=u)"]),
    ("v.astype(int)", "a change to this type may cut off digits; it is not read", ["v.astype(float)"]),
]  # fmt: skip


def plain(x: Any) -> Any:
    return 2 * x


@functools.lru_cache
def decorated(x: Any) -> Any:
    return 2 * x


@functools.wraps(plain)
def wrapped(x: Any) -> Any:
    return plain(x)


def calling(x: Any) -> Any:
    return plain(x)


OBJECTS: list[tuple[Callable[..., Any], str]] = [
    (len, "this is no function whose source can be read; give one made by def"),
    (decorated, "this is no function whose source can be read; give one made by def"),
    (wrapped, "give the function that it holds"),
    (calling, "write it inside the function"),
    (eval("lambda x: x"), "the source of <lambda> is not there; give it as text"),
]
CASES = [
    (
        functools.partial(python, code),
        says,
        [functools.partial(python, c) for c in right],
    )
    for code, says, right in REFUSED
] + [
    (functools.partial(python, f), says, [functools.partial(python, plain)])
    for f, says in OBJECTS
]
