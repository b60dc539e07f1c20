"""Elementary functions."""

from collections.abc import Callable
from typing import Any

from calcml.functions.row import family, fn


def _cbrt_ball(f: Any, x: Any) -> Any:
    """The real root, between those of the two ends; the principal one of complex x."""
    if not isinstance(x, f.arb):
        return x.root(3)
    ends = [e.root(3) if e >= 0 else -((-e).root(3)) for e in (x.lower(), x.upper())]
    return ends[0].union(ends[1])


def _round_ball(f: Any, x: Any) -> Any:
    """The nearest integer; at a half, which is then exact, the even one."""
    up = (x + f.arb(1) / 2).floor()
    if up.is_exact() and x - up == -f.arb(1) / 2:
        return 2 * (up / 2).floor()
    return up


def _of_real(name: str) -> Callable[[Any, Any], Any]:
    """A function of mpmath, of real numbers alone: of complex ones it is another."""

    def value(m: Any, x: Any) -> Any:
        if abs(m.im(x)) > abs(x) * m.sqrt(m.eps):
            raise TypeError
        return getattr(m, name)(m.re(x))

    return value


def _logaddexp_ball(f: Any, a: Any, b: Any) -> Any:
    """Real arguments only: the branch for complex ones depends on their order."""
    if not isinstance(a, f.arb):
        return None
    first, second = (a, b) if a.mid() > b.mid() else (b, a)
    return first + (second - first).exp().log1p()


def _mish(m: Any, x: Any) -> Any:
    """By the exponential that is small."""
    if m.re(x) > 0:
        e = m.exp(-x)
        return x * (1 + 2 * e) / (1 + 2 * e + 2 * e * e)
    e = m.exp(x)
    return x * e * (e + 2) / (e * (e + 2) + 2)


# fmt: off
family("elementary")
fn("exp(x)",    "y",             inverse="log(y)", code="m np t sy k ka.exponential", doc="exponential", range="y > 0 and y >= x + 1", monotone="up", at_zero="1", tex=r"e^{#1} | \exp", python="math.exp")
fn("expm1(x)",  "exp(x)",        exponential="E - 1", mirror="-y/(1 + y)", inverse="log1p(y)", code="m np t s k ts", through="0: 0", doc="exp(x) - 1, exact near 0", by="exp(x) - 1", mpmath="expm1", numpy="numpy.expm1", python="math.expm1", ball="expm1")
fn("exp2(x)",   "y*log(2)",      inverse="log2(y)", code="m np t s k ts", through="0: 1", doc="2 to the power x", tex=r"2^{#1} | \operatorname{exp2}", by="2^x", mpmath=lambda m, x: m.power(2, x), numpy="numpy.exp2", python="math.exp2")
fn("log(x)",    "1/x",           exp="x", inverse="exp(y)", code="np t k", doc="natural logarithm", range="y <= x - 1", monotone="up", through="1: 0", on="x > 0", tex=r"\ln", sample=((0.05, 4),), python="math.log", aliases="ln")
fn("log1p(x)",  "1/(1 + x)",     exp="1 + x", inverse="expm1(y)", code="m np t s k ts", through="0: 0", doc="log(1 + x), exact near 0", on="x > -1", sample=((-0.9, 4),), by="log(1 + x)", mpmath="log1p", numpy="numpy.log1p", python="math.log1p", ball="log1p")
fn("log2(x)",   "1/(x*log(2))",  inverse="exp2(y)", code="m np t k", doc="logarithm to base 2", on="x > 0", tex=r"\log_{2}", sample=((0.05, 4),), by="log(x)/log(2)", numpy="numpy.log2", python="math.log2")
fn("log10(x)",  "1/(x*log(10))", code="m np t k", doc="logarithm to base 10", on="x > 0", tex=r"\log_{10}", sample=((0.05, 4),), by="log(x)/log(10)", mpmath="log10", numpy="numpy.log10", python="math.log10")
fn("sqrt(x)",   "1/(2*y)",       inverse="y^2 if y >= 0", code="m np t sy k", doc="square root", range="y >= 0", monotone="up", through="1: 1", at_zero="0", on="x >= 0", tex=r"\sqrt{#1}", sample=((0.05, 4),), python="math.sqrt")
fn("rsqrt(x)",  "-y/(2*x)",      code="t k lax", doc="1/sqrt(x)", on="x > 0", sample=((0.05, 4),), by="1/sqrt(x)")
fn("cbrt(x)",   "1/(3*y^2)",     inverse="y^3", code="m np s", doc="real cube root", monotone="up", through="-1: -1; 0: 0; 1: 1", kink="x = 0: vertical tangent", tex=r"\sqrt[3]{#1}", sample=((0.05, 4),), numpy="numpy.cbrt", python="math.cbrt",
   sympy=lambda s, x: s.sign(x) * s.Abs(x) ** s.Rational(1, 3), mpmath=lambda m, x: m.cbrt(x) if m.im(x) or x > 0 else -m.cbrt(-x), ball=_cbrt_ball)
fn("square(x)", "2*x",           code="np t k", doc="x^2", tex=r"\left(#1\right)^{2} | \left(#1\right)^{\circ 2}", by="x^2")
fn("reciprocal(x)", "-y/x",      code="np t k", doc="1/x", on="x != 0", tex=r"\frac{1}{#1} | \left(#1\right)^{\circ -1}", sample=((0.2, 4),), by="1/x")
fn("abs(x)",    "sign(x)",       inverse="y or -y if y >= 0", sides="-x | x", code="b m.fabs np np.absolute np.fabs t t.absolute sy.Abs k k.absolute", doc="absolute value", range="y >= 0 and y >= x and y >= -x", parity="even", kink="x = 0: 0 in [-1, 1]", tex=r"\left|#1\right| | \operatorname{abs}", sympy="Abs", mpmath="fabs", numpy="numpy.abs", python="abs", aliases="Abs fabs absolute", ball=lambda f, x: abs(x))
fn("sign(x)",   "0",             sides="-1 | 1", code="np t sy k t.sgn", doc="-1, 0 or 1", range="y in integers and -1 <= y and y <= 1 and (x <= 0 or y >= 1) and (x >= 0 or y <= -1)", parity="odd", kink="x = 0: jump, slope 0", tex=r"\operatorname{sgn}", mpmath=_of_real("sign"), numpy="numpy.sign", python="(#1 > 0) - (#1 < 0)", aliases="sgn", ball="sgn")
fn("floor(x)",  "0",             rounds="down", code="m np t sy k", doc="greatest integer at most x", range="y in integers and x - 1 < y and y <= x", kink="x in integers: jump, slope 0", tex=r"\left\lfloor #1\right\rfloor", mpmath=_of_real("floor"), python="math.floor")
fn("ceil(x)",   "0",             rounds="up", code="m np t k sy.ceiling", doc="least integer at least x", range="y in integers and x <= y and y < x + 1", kink="x in integers: jump, slope 0", tex=r"\left\lceil #1\right\rceil", sympy="ceiling", mpmath=_of_real("ceil"), python="math.ceil", aliases="ceiling")
fn("round(x)",  "0",             rounds="even", code="b np np.rint np.around t k", doc="nearest integer, halves to even", range="y in integers and x - 1/2 <= y and y <= x + 1/2", kink="x + 1/2 in integers: jump, slope 0", mpmath=_of_real("nint"), numpy="numpy.round", python="round", aliases="rint",
   sympy=lambda s, x: s.Piecewise((2 * s.floor(x / 2 + s.Rational(1, 4)), s.Eq(x + s.Rational(1, 2), s.floor(x + s.Rational(1, 2)))), (s.floor(x + s.Rational(1, 2)), True)), ball=_round_ball)
fn("step(x)",   "0",             from_sympy="Heaviside(x, 0) -> step(x)", doc="1 if x > 0, else 0", kink="x = 0: jump, slope 0", by="where(x > 0, 1, 0)", sympy=lambda s, x: s.Heaviside(x, 0), aliases="Heaviside heaviside")
fn("sinc(x)",   "where(x == 0, 0, (cos(pi*x) - y)/x)", from_sympy="sinc(x) -> sinc(x/pi)", code="np t ts", through="0: 1", doc="sin(pi x)/(pi x), 1 at 0", range="-1/4 < y and y <= 1", sample=((0.05, 3),), by="where(x == 0, 1, sin(pi*x)/(pi*x))", stable="where(x == 0, 1, where(abs(x) < 1e300, sin(pi*x)/(pi*x), 0))", sympy=lambda s, x: s.sinc(s.pi * x), mpmath="sincpi", numpy="numpy.sinc(numpy.minimum(numpy.abs(#1), 1e300))", ball="sinc_pi")
fn("hypot(x, y)",  ("where(x == 0 and y == 0, 0, x/hypot(x, y))", "where(x == 0 and y == 0, 0, y/hypot(x, y))"), code="m np t", doc="sqrt(x^2 + y^2)", kink="x = 0 and y = 0: 0 in the unit disc", by="sqrt(x^2 + y^2)", numpy="numpy.hypot", python="math.hypot")
fn("logaddexp(a, b)", ("sigmoid(a - b)", "sigmoid(b - a)"), code="np t k", doc="log(exp(a) + exp(b))", range="y > a and y > b", by="log(exp(a) + exp(b))", numpy="numpy.logaddexp", python="max(#1, #2) + math.log1p(math.exp(-abs(#1 - #2)))",
   mpmath=lambda m, a, b: a + m.log1p(m.exp(b - a)) if m.re(a) > m.re(b) else b + m.log1p(m.exp(a - b)), ball=_logaddexp_ball)
fn("clip(x, min, max)", ("where(min < x and x < max, 1, 0)", "where(x < min and min < max, 1, 0)", "where(x > max or min >= max, 1, 0)"), sides="min | x | max", doc="x held between min and max",
   kink="x = min, x = max: 0 in [0, 1]", by="min(max(x, min), max)", numpy="numpy.clip", sample=((-3, 3), (-2, -1), (1, 2)), aliases="clamp")
fn("max(a, ...)", "where(a < y, 0, 1/ties)", pair="where(a > b, 1, where(a < b, 0, 1/2))", alone="where(a > b, 1, 0)", picks="ge", code="b sy.Max np.maximum np.fmax t.maximum t.fmax k.maximum lax", doc="greatest argument", range="y >= a",
   kink="a tie: split evenly, 0 against a constant", tex=r"\max", sympy="Max", mpmath=lambda m, *a: max(a), numpy="numpy.maximum", python="max", aliases="Max maximum fmax")
fn("min(a, ...)", "where(a > y, 0, 1/ties)", pair="where(a < b, 1, where(a > b, 0, 1/2))", alone="where(a < b, 1, 0)", picks="le", code="b sy.Min np.minimum np.fmin t.minimum t.fmin k.minimum lax", doc="least argument", range="y <= a",
   kink="a tie: split evenly, 0 against a constant", tex=r"\min", sympy="Min", mpmath=lambda m, *a: min(a), numpy="numpy.minimum", python="min", aliases="Min minimum fmin")

family("trigonometric")
fn("sin(x)",  "cos(x)",        circle="s", inverse="asin(y) + 2*pi*n or pi - asin(y) + 2*pi*n", code="m np t sy k", doc="sine", range="-1 <= y and y <= 1", parity="odd", tex=r"\sin", python="math.sin")
fn("cos(x)",  "-sin(x)",       circle="c", inverse="acos(y) + 2*pi*n or -acos(y) + 2*pi*n", code="m np t sy k", doc="cosine", range="-1 <= y and y <= 1", parity="even", at_zero="1", tex=r"\cos", python="math.cos")
fn("tan(x)",  "1 + y^2",       circle="s/c", inverse="atan(y) + pi*n", code="m np t sy k", doc="tangent", parity="odd", on="cos(x) != 0", tex=r"\tan", sample=((-1.5, 1.5),), python="math.tan")
fn("sec(x)",  "y*tan(x)",      circle="1/c", code="sy", through="0: 1", doc="secant", on="cos(x) != 0", tex=r"\sec", sample=((-1.5, 1.5),), by="1/cos(x)", sympy="sec", mpmath="sec", ball="sec")
fn("csc(x)",  "-y*cot(x)",     circle="1/s", code="sy", doc="cosecant", on="sin(x) != 0", tex=r"\csc", sample=((0.1, 3),), by="1/sin(x)", sympy="csc", mpmath="csc", ball="csc")
fn("cot(x)",  "-1 - y^2",      circle="c/s", code="sy", doc="cotangent", on="sin(x) != 0", tex=r"\cot", sample=((0.1, 3),), by="cos(x)/sin(x)", sympy="cot", mpmath="cot", ball="cot")
fn("asin(x)", "1/sqrt(1 - x^2)",  inverse="sin(y)", code="m np.arcsin np t t.arcsin sy k.arcsin", through="1: pi/2; 1/2: pi/6; sqrt(2)/2: pi/4; sqrt(3)/2: pi/3", doc="inverse sine", range="-pi/2 <= y and y <= pi/2", monotone="up", parity="odd", on="abs(x) <= 1", tex=r"\arcsin", sample=((-0.97, 0.97),), numpy="numpy.arcsin", python="math.asin", aliases="arcsin")
fn("acos(x)", "-1/sqrt(1 - x^2)", inverse="cos(y)", code="m np.arccos np t t.arccos sy k.arccos", doc="inverse cosine", range="0 <= y and y <= pi", monotone="down", through="1: 0; 0: pi/2; -1: pi; 1/2: pi/3; -1/2: 2*pi/3", on="abs(x) <= 1", tex=r"\arccos", sample=((-0.97, 0.97),), numpy="numpy.arccos", python="math.acos", aliases="arccos")
fn("atan(x)", "1/(1 + x^2)",      inverse="tan(y)", asymptote="pi/2 - atan(1/x)", code="m np.arctan np t t.arctan sy k.arctan", through="1: pi/4; sqrt(3): pi/3; 1/sqrt(3): pi/6", doc="inverse tangent", range="-pi/2 < y and y < pi/2", monotone="up", parity="odd", tex=r"\arctan", numpy="numpy.arctan", python="math.atan", aliases="arctan")
fn("asec(x)", "1/(x^2*sqrt(1 - 1/x^2))",  code="sy", doc="inverse secant", range="0 <= y and y <= pi", on="abs(x) >= 1", tex=r"\operatorname{arcsec}", sample=((1.05, 5),), by="acos(1/x)", sympy="asec", mpmath="asec", aliases="arcsec")
fn("acsc(x)", "-1/(x^2*sqrt(1 - 1/x^2))", code="sy", doc="inverse cosecant", on="abs(x) >= 1", tex=r"\operatorname{arccsc}", sample=((1.05, 5),), by="asin(1/x)", sympy="acsc", mpmath="acsc", aliases="arccsc")
fn("acot(x)", "-1/(1 + x^2)",     code="sy", doc="inverse cotangent, odd: atan(1/x)", on="x != 0", kink="x = 0: jump", tex=r"\operatorname{arccot}", sample=((0.05, 4),), by="atan(1/x)", sympy="acot", mpmath=lambda m, x: m.atan(1 / x), aliases="arccot")
fn("atan2(y, x)", ("x/(x^2 + y^2)", "-y/(x^2 + y^2)"), cut="y = 0 and x < 0", elsewhere="where(x > 0, atan(y/x), where(y > 0, pi/2 - atan(x/y), where(y < 0, -pi/2 - atan(x/y), pi)))", code="m np.arctan2 np t t.arctan2 sy k.arctan2", doc="angle of the point (x, y)", range="-pi < y and y <= pi", on="x != 0 or y != 0", sample=((0.1, 3), (0.1, 3)), numpy="numpy.arctan2", python="math.atan2", aliases="arctan2",
   mpmath=lambda m, y, x: -1j * m.log((x + 1j * y) / m.sqrt(x * x + y * y)) if m.im(x) or m.im(y) else m.atan2(m.re(y), m.re(x)), ball=lambda f, y, x: f.arb.atan2(y, x))

family("hyperbolic")
fn("sinh(x)",  "cosh(x)",    hyperbola="s", exponential="(E - 1/E)/2", inverse="asinh(y)", code="m np t sy k", doc="hyperbolic sine", monotone="up", parity="odd", tex=r"\sinh", python="math.sinh")
fn("cosh(x)",  "sinh(x)",    hyperbola="c", exponential="(E + 1/E)/2", inverse="acosh(y) or -acosh(y)", code="m np t sy k", doc="hyperbolic cosine", range="y >= 1", parity="even", at_zero="1", tex=r"\cosh", python="math.cosh")
fn("tanh(x)",  "1 - y^2",    hyperbola="s/c", exponential="(E^2 - 1)/(E^2 + 1)", folds="exp(2*x) = (1 + y)/(1 - y)", inverse="atanh(y)", code="m np t sy k F nn.Tanh j ka", doc="hyperbolic tangent", range="-1 < y and y < 1", monotone="up", parity="odd", tex=r"\tanh", python="math.tanh")
fn("sech(x)",  "-y*tanh(x)", hyperbola="1/c", exponential="2*E/(E^2 + 1)", code="sy", through="0: 1", doc="hyperbolic secant", tex=r"\operatorname{sech}", by="1/cosh(x)", stable="2*exp(-abs(x))/(1 + exp(-2*abs(x)))", sympy="sech", mpmath="sech", ball="sech")
fn("csch(x)",  "-y*coth(x)", hyperbola="1/s", exponential="2*E/(E^2 - 1)", code="sy", doc="hyperbolic cosecant", on="x != 0", tex=r"\operatorname{csch}", sample=((0.1, 3),), by="1/sinh(x)", stable="-2*sign(x)*exp(-abs(x))/expm1(-2*abs(x))", sympy="csch", mpmath="csch", ball="csch")
fn("coth(x)",  "1 - y^2",    hyperbola="c/s", exponential="(E^2 + 1)/(E^2 - 1)", code="sy", doc="hyperbolic cotangent", on="x != 0", tex=r"\coth", sample=((0.1, 3),), by="1/tanh(x)", sympy="coth", mpmath="coth", ball="coth")
fn("asinh(x)", "1/sqrt(1 + x^2)",  exp="x + sqrt(x^2 + 1)", inverse="sinh(y)", code="m np.arcsinh np t t.arcsinh sy k.arcsinh", doc="inverse hyperbolic sine", monotone="up", parity="odd", tex=r"\operatorname{arsinh}", numpy="numpy.arcsinh", python="math.asinh", aliases="arcsinh arsinh")
fn("acosh(x)", "1/(sqrt(x - 1)*sqrt(x + 1))", exp="x + sqrt(x - 1)*sqrt(x + 1)", elsewhere="log(x + sqrt(x - 1)*sqrt(x + 1))", inverse="cosh(y) if y >= 0", code="m np.arccosh np t t.arccosh sy k.arccosh", doc="inverse hyperbolic cosine", range="y >= 0", monotone="up", through="1: 0", on="x >= 1", tex=r"\operatorname{arcosh}", sample=((1.05, 5),), numpy="numpy.arccosh", python="math.acosh", aliases="arccosh arcosh")
fn("atanh(x)", "1/(1 - x^2)",      exp="sqrt(1 + x)/sqrt(1 - x)", inverse="tanh(y)", code="m np.arctanh np t t.arctanh sy k.arctanh", doc="inverse hyperbolic tangent", monotone="up", parity="odd", on="abs(x) < 1", tex=r"\operatorname{artanh}", sample=((-0.97, 0.97),), numpy="numpy.arctanh", python="math.atanh", aliases="arctanh artanh")
fn("asech(x)", "-1/(x*sqrt(1 - x^2))",        exp="1/x + sqrt(1/x - 1)*sqrt(1/x + 1)", code="sy", doc="inverse hyperbolic secant", on="0 < x and x <= 1", tex=r"\operatorname{arsech}", sample=((0.05, 0.95),), by="acosh(1/x)", stable="log1p(sqrt((1 - x)*(1 + x))) - log(x)", sympy="asech", mpmath="asech", aliases="arcsech arsech")
fn("acsch(x)", "-1/(x^2*sqrt(1 + 1/x^2))",    exp="1/x + sqrt(1 + 1/x^2)", code="sy", doc="inverse hyperbolic cosecant", on="x != 0", tex=r"\operatorname{arcsch}", sample=((0.1, 4),), by="asinh(1/x)", stable="where(abs(x) < 1, sign(x)*(log1p(sqrt(1 + x^2)) - log(abs(x))), asinh(1/x))", sympy="acsch", mpmath="acsch", aliases="arccsch arcsch")
fn("acoth(x)", "1/(1 - x^2)",      exp="sqrt(1 + 1/x)/sqrt(1 - 1/x)", code="sy", doc="inverse hyperbolic cotangent", on="abs(x) > 1", tex=r"\operatorname{arcoth}", sample=((1.1, 5),), by="atanh(1/x)", sympy="acoth", mpmath="acoth", aliases="arccoth arcoth")

# Activations made of the hyperbolic tangent stand beside it, so that one file spells it.
family("activations")
fn("hardtanh(x, min_val=-1, max_val=1)", ("where(min_val < x and x < max_val, 1, 0)", "where(x < min_val and min_val < max_val, 1, 0)", "where(x > max_val or min_val >= max_val, 1, 0)"),
   sides="min_val | x | max_val", code="F nn.Hardtanh j.hard_tanh k.hard_tanh ka.hard_tanh", doc="x held between min_val and max_val", kink="x = min_val, x = max_val: 0 in [0, 1]", by="min(max(x, min_val), max_val)", sample=((-3, 3), (-2, -1), (1, 2)), aliases="hard_tanh")
fn("tanhshrink(x)", "tanh(x)^2", code="F nn.Tanhshrink k.tanh_shrink ka.tanh_shrink", doc="x - tanh(x)", monotone="up", through="0: 0", by="x - tanh(x)", stable="u = x^2; t = u/(3 + u/(5 + u/(7 + u/(9 + u/(11 + u/(13 + u/(15 + u/(17 + u/19)))))))); where(abs(x) < 1, x*t/(1 + t), x - tanh(x))", aliases="tanh_shrink")
fn("mish(x)", "tanh(softplus(x)) + x*sigmoid(x)*(1 - tanh(softplus(x))^2)", recognised=True, code="F nn.Mish j ka", through="0: 0", doc="x tanh(softplus(x))", range="y > -31/100", by="x*tanh(softplus(x))", mpmath=_mish)
fn('gelu(x, approximate="tanh")', "u = sqrt(2/pi)*(x + 0.044715*x^3); (1 + tanh(u))/2 + x*(1 - tanh(u)^2)*sqrt(2/pi)*(1 + 3*0.044715*x^2)/2", op="gelu_tanh",
   doc="gelu by the hyperbolic tangent", range="y > -1/5", tex=r"\operatorname{gelu}_{\tanh}", by="x*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x^3)))/2", stable="x*sigmoid(2*sqrt(2/pi)*(x + 0.044715*x^3))",
   mpmath=lambda m, x: x/(1 + m.exp(-2*m.sqrt(2/m.pi)*(x + m.mpf(44715)/10**6*x**3))), ball=lambda f, x: x/(1 + (-2*(2/f.arb.pi()).sqrt()*(x + f.arb(44715)/10**6*x**3)).exp()))
# fmt: on
