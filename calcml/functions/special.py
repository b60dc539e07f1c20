"""Special functions."""

from typing import Any

from calcml.functions.row import family, fn


def _whole(m: Any, value: Any) -> int:
    """An order or branch as the whole number that mpmath asks for."""
    if value != m.floor(value):
        raise ValueError("the order or branch must be a whole number")
    if abs(value) > 10_000:
        raise OverflowError
    return int(value)


def _positive(m: Any, first: Any, *others: Any) -> tuple[Any]:
    """The first argument, where it is positive or complex and no other is negative.

    mpmath goes on to where calcml's domain does not.
    """
    if not m.im(first) and (first <= 0 or any(m.re(x) < 0 for x in others)):
        raise ValueError("outside the domain")
    return (first,)


def _erfc(m: Any, x: Any) -> Any:
    """Where mpmath gives up, the first term of the tail, of which no digit is told."""
    if m.im(x) or x < 1e150:
        return m.erfc(x)
    return m.exp(-x * x) / (x * m.sqrt(m.pi))


def _log_ndtr(m: Any, x: Any) -> Any:
    """By the smaller tail, which keeps its digits."""
    u = x / m.sqrt(2)
    return m.log1p(-_erfc(m, u) / 2) if m.re(x) > 0 else m.log(_erfc(m, -u) / 2)


def _log_ndtr_ball(f: Any, x: Any) -> Any:
    """The same in balls."""
    u = x / f.arb(2).sqrt()
    return (-u.erfc() / 2).log1p() if x.real > 0 else ((-u).erfc() / 2).log()


def _ndtri(m: Any, x: Any) -> Any:
    """Newton's method for the logarithm, in the tails; mpmath's erfinv between them."""
    tail = x if m.re(x) < 0.5 else 1 - x
    if m.im(x) or not 0 < tail < 0.02:
        return m.sqrt(2) * m.erfinv(2 * x - 1)
    wanted = m.log(tail)
    y = -m.sqrt(-2 * wanted)
    while True:
        slope = m.exp(-y * y / 2 - _log_ndtr(m, y)) / m.sqrt(2 * m.pi)
        step = (_log_ndtr(m, y) - wanted) / slope
        y -= step
        if abs(step) <= abs(y) * m.sqrt(m.eps) / 1000:
            return y if tail is x else -y


def _lgamma(m: Any, x: Any) -> Any:
    """The logarithm of |gamma(x)|, of complex x that of gamma(x)."""
    return m.loggamma(x) if m.im(x) else m.re(m.loggamma(x))


def _lgamma_ball(f: Any, x: Any) -> Any:
    """By reflection where x is not positive: |gamma(x)| is pi/|sin(pi x)|/gamma(1 - x)."""
    if not isinstance(x, f.arb) or x > 0:
        return x.lgamma()
    return (f.arb.pi() / abs(x.sin_pi())).log() - (1 - x).lgamma()


def _polygamma(m: Any, n: Any, x: Any) -> Any:
    """By reflection where x is far below 0: mpmath would step from there to 0."""
    order, u = _whole(m, n), x - m.floor(m.re(x))
    if m.im(x) or x > -1 or not u or order < 0:
        return m.psi(order, x)
    others = m.psi(order, 1 - u) - m.psi(order, 1 - x)
    return m.psi(order, u) + (others if order % 2 else -others)


def _betaln(m: Any, a: Any, b: Any) -> Any:
    """With the digits that cancel, and those of the smaller one in the sum."""
    _positive(m, a), _positive(m, b)
    with m.extraprec(2 * max(64, m.mag(a), m.mag(b))):
        return m.loggamma(a) + m.loggamma(b) - m.loggamma(a + b)


def _beta(m: Any, a: Any, b: Any) -> Any:
    """With the digits of the smaller one in the sum, too."""
    _positive(m, a), _positive(m, b)
    with m.extraprec(2 * max(64, m.mag(a), m.mag(b))):
        return m.gamma(a) * m.gamma(b) / m.gamma(a + b)


def _rel_entr(m: Any, x: Any, y: Any) -> Any:
    """Both are positive or complex, but that x may be 0."""
    _positive(m, y, x)
    return x * m.log(x / y) if x else m.mpf(0)


def _polylog(m: Any, s: Any, z: Any) -> Any:
    """Li_s(z) with its pole at z = 1, where mpmath goes on with zeta(s)."""
    if z == 1 and m.re(s) <= 1:
        raise ValueError("a pole")
    return m.polylog(s, z)


def _polygamma_ball(f: Any, n: Any, x: Any) -> Any:
    """Of a whole order alone: mpmath has no other, either."""
    order = n.real.unique_fmpz()
    if order is None or not n.is_exact() or not 0 <= order <= 10_000:
        return None
    return f.acb(x).polygamma(f.acb(order))


def _polylog_ball(f: Any, s: Any, z: Any) -> Any:
    """A large order costs FLINT seconds."""
    return z.polylog(s) if abs(s).upper() < 100 else None


def _zeta_ball(f: Any, s: Any, a: Any) -> Any:
    """A large argument costs FLINT seconds."""
    return s.zeta(a) if abs(s).upper() < 10_000 else None


# Stirling's series for arguments from 12 on, with what would cancel left out.
_STIRLING = (
    "p = min(a, b); q = max(a, b); s = p + q; "
    + "".join(
        f"{c} = (1/12 - (1/360 - (1/1260 - (1/1680 - (1/1188 - 691/360360/{x}^2)/{x}^2)/{x}^2)/{x}^2)/{x}^2)/{x}; "
        for c, x in (("c", "p"), ("d", "q"), ("f", "s"))
    )
    + "near = d - f - (q - 1/2)*log1p(p/q); "
    "far = where(p < 20, lgamma(p) - p*(log(s) - 1), (p - 1/2)*log(p/s) + c + log(2*pi/s)/2) + near; "
)
_BETALN = _STIRLING + "where(q < 12, lgamma(p) + lgamma(q) - lgamma(s), far)"
_BETA = (
    _STIRLING + "where(q < 12, gamma(p)*gamma(q)/gamma(s), "
    "where(p < 20, gamma(p)*exp(near - p*(log(s) - 1)), exp(far)))"
)

# fmt: off
family("special")
fn("erf(x)",       "2*exp(-x^2)/sqrt(pi)",         inverse="erfinv(y)", asymptote="1 - exp(-x^2)/(sqrt(pi)*x)", code="m s t ts sy k lax", doc="error function", range="-1 < y and y < 1", monotone="up", parity="odd", tex=r"\operatorname{erf}", numpy="scipy.special.erf", python="math.erf")
fn("erfc(x)",      "-2*exp(-x^2)/sqrt(pi)",        code="m s t ts sy", doc="1 - erf(x), exact for large x", mpmath=_erfc, range="0 < y and y < 2", monotone="down", through="0: 1", tex=r"\operatorname{erfc}", numpy="scipy.special.erfc", python="math.erfc")
fn("erfcx(x)",     "2*x*y - 2/sqrt(pi)",           code="s ts", doc="exp(x^2) erfc(x)", range="y > 0", monotone="down", through="0: 1", tex=r"\operatorname{erfcx}", by="exp(x^2)*erfc(x)", stable="", numpy="scipy.special.erfcx")
fn("erfi(x)",      "2*exp(x^2)/sqrt(pi)",          code="s sy", doc="imaginary error function, -i erf(ix)", monotone="up", parity="odd", tex=r"\operatorname{erfi}", numpy="2*#1/numpy.sqrt(numpy.pi)*scipy.special.hyp1f1(0.5, 1.5, numpy.minimum(#1*#1, 720))")
fn("erfinv(x)",    "sqrt(pi)*exp(y^2)/2",          inverse="erf(y)", code="s t ts sy k", doc="inverse of erf", monotone="up", parity="odd", on="abs(x) < 1", tex=r"\operatorname{erf}^{-1}", sample=((-0.97, 0.97),), numpy="scipy.special.erfinv", aliases="erf_inv")
fn("ndtr(x)",      "exp(-x^2/2)/sqrt(2*pi)",       inverse="ndtri(y)", code="s ts", doc="distribution function of the standard normal", range="0 < y and y < 1", monotone="up", through="0: 1/2", tex=r"\Phi", by="erfc(-x/sqrt(2))/2", numpy="scipy.special.ndtr", aliases="norm_cdf")
fn("log_ndtr(x)",  "sqrt(2/pi)/erfcx(-x/sqrt(2))", code="s ts", through="0: -log(2)", doc="log of ndtr(x), exact for small x", tex=r"\log\Phi", by="log(ndtr(x))", stable="where(x < 0, log(erfcx(-x/sqrt(2))/2) - x^2/2, log1p(-erfc(x/sqrt(2))/2))", mpmath=_log_ndtr, ball=_log_ndtr_ball, numpy="scipy.special.log_ndtr")
fn("ndtri(x)",     "sqrt(2*pi)*exp(y^2/2)",        inverse="ndtr(y)", code="s ts", doc="inverse of ndtr", monotone="up", through="1/2: 0", on="0 < x and x < 1", tex=r"\Phi^{-1}", sample=((0.02, 0.98),), by="sqrt(2)*erfinv(2*x - 1)", stable="", mpmath=_ndtri, numpy="scipy.special.ndtri")

fn("gamma(x)",     "y*digamma(x)",                 elsewhere="gamma(x + 1)/x", code="m s sy", through="1: 1; 2: 1; 1/2: sqrt(pi)", doc="gamma function, (x - 1)! at integers", range="y != 0 and (x <= 0 or y > 22/25)", on="x > 0 or x != floor(x)", tex=r"\Gamma", sample=((0.1, 4),), numpy="scipy.special.gamma", python="math.gamma")
fn("lgamma(x)",    "digamma(x)",                   elsewhere="lgamma(x + 1) - log(abs(x))", code="m t s.gammaln ts.gammaln lax", through="1: 0; 2: 0", doc="log of |gamma(x)|", range="x <= 0 or y > -1/8", on="x > 0 or x != floor(x)", tex=r"\log\Gamma", sample=((0.1, 4),), sympy=lambda s, x: s.log(s.Abs(s.gamma(x))), from_sympy="loggamma(x) -> lgamma(x)", mpmath=_lgamma, ball=_lgamma_ball, numpy="scipy.special.gammaln", python="math.lgamma", aliases="loggamma gammaln")
fn("digamma(x)",   "polygamma(1, x)",              elsewhere="digamma(x + 1) - 1/x", from_sympy="polygamma(0, x) -> digamma(x)", code="s s.psi t ts ts.psi sy lax", doc="derivative of log gamma", range="x < 3/2 or y > 0", on="x > 0 or x != floor(x)", tex=r"\psi", sample=((0.1, 4),), numpy="scipy.special.digamma", aliases="psi")
fn("polygamma(n, x)", (None, "polygamma(n + 1, x)"), code="s t ts sy", doc="n-th derivative of digamma", range="n != 1 or y > 0", on="n >= 0 and n == floor(n) and (x > 0 or x != floor(x))", tex=r"\psi^{(#1)}\left(#2\right)", sample=((2, 2), (0.2, 4)), mpmath=_polygamma, numpy="scipy.special.polygamma", ball=_polygamma_ball)
fn("beta(a, b)",   ("y*(digamma(a) - digamma(a + b))", "y*(digamma(b) - digamma(a + b))"), code="s sy", doc="gamma(a) gamma(b)/gamma(a + b)", range="y > 0", goes_on=True, on="a > 0 and b > 0", tex=r"\mathrm{B}", sample=((0.2, 4), (0.2, 4)), stable=_BETA, mpmath=_beta, numpy=None, ball=lambda f, a, b: a.gamma()*b.gamma()*(a + b).rgamma())
fn("betaln(a, b)", ("digamma(a) - digamma(a + b)", "digamma(b) - digamma(a + b)"), code="s", doc="log of beta(a, b)", goes_on=True, on="a > 0 and b > 0", tex=r"\log\mathrm{B}", sample=((0.2, 4), (0.2, 4)), by="lgamma(a) + lgamma(b) - lgamma(a + b)", stable=_BETALN, mpmath=_betaln)
fn("lowergamma(a, x)", (None, "x^(a - 1)*exp(-x)"),  code="sy", doc="lower incomplete gamma function", range="y >= 0", goes_on=True, on="a > 0 and x >= 0", tex=r"\gamma", sample=((0.3, 3), (0.2, 4)), by="gamma(a)*gammainc(a, x)", sympy="lowergamma", stable="where(a < 1e-18, 1/a, gamma(a)*gammainc(a, x))", mpmath=lambda m, a, x: m.gammainc(*_positive(m, a, x), 0, x), ball=lambda f, a, x: x.gamma_lower(a))
fn("uppergamma(a, x)", (None, "-x^(a - 1)*exp(-x)"), code="sy", doc="upper incomplete gamma function", range="y > 0", goes_on=True, on="a > 0 and x >= 0", tex=r"\Gamma", sample=((0.3, 3), (0.2, 4)), by="gamma(a)*gammaincc(a, x)", sympy="uppergamma", stable="where(a < 1e-18 and x > 0, -Ei(-x), gamma(a)*gammaincc(a, x))", mpmath=lambda m, a, x: m.gammainc(*_positive(m, a, x), x), ball=lambda f, a, x: x.gamma_upper(a))
fn("gammainc(a, x)",  (None, "x^(a - 1)*exp(-x)/gamma(a)"),  code="s ts", doc="regularized lower incomplete gamma function", range="0 <= y and y < 1", goes_on=True, on="a > 0 and x >= 0", tex=r"\frac{\gamma\left(#1, #2\right)}{\Gamma\left(#1\right)}", sample=((0.3, 3), (0.2, 4)), by="lowergamma(a, x)/gamma(a)", stable="", numpy="scipy.special.gammainc", aliases="igamma")
fn("gammaincc(a, x)", (None, "-x^(a - 1)*exp(-x)/gamma(a)"), code="s ts", doc="regularized upper incomplete gamma function", range="0 < y and y <= 1", goes_on=True, on="a > 0 and x >= 0", tex=r"\frac{\Gamma\left(#1, #2\right)}{\Gamma\left(#1\right)}", sample=((0.3, 3), (0.2, 4)), by="uppergamma(a, x)/gamma(a)", stable="", numpy="scipy.special.gammaincc", aliases="igammac")

fn("i0(x)",        "i1(x)",                                code="s np t ts", through="0: 1", doc="modified Bessel function of order 0", range="y >= 1", tex=r"I_{0}", by="besseli(0, x)", numpy="scipy.special.i0", aliases="bessel_i0 modified_bessel_i0")
fn("i0e(x)",       "i1e(x) - sign(x)*y",                   code="s ts", through="0: 1", doc="exp(-|x|) i0(x)", range="0 < y and y <= 1", kink="x = 0: 0 in [-1, 1]", tex=r"e^{-\left|#1\right|}I_{0}\left(#1\right) | \operatorname{i0e}", by="exp(-abs(x))*i0(x)", stable="", numpy="scipy.special.i0e", aliases="bessel_i0e")
fn("i1(x)",        "(i0(x) + besseli(2, x))/2",            code="s ts", doc="modified Bessel function of order 1", monotone="up", through="0: 0", tex=r"I_{1}", by="besseli(1, x)", numpy="scipy.special.i1", aliases="bessel_i1 modified_bessel_i1")
fn("i1e(x)",       "(i0e(x) + ive(2, x))/2 - sign(x)*y",   code="s ts", doc="exp(-|x|) i1(x)", range="-1/4 < y and y < 1/4", tex=r"e^{-\left|#1\right|}I_{1}\left(#1\right) | \operatorname{i1e}", by="exp(-abs(x))*i1(x)", stable="", numpy="scipy.special.i1e", aliases="bessel_i1e")
fn("besselj(n, x)", (None, "(besselj(n - 1, x) - besselj(n + 1, x))/2"),  code="s.jv s.jn sy", doc="Bessel function of the first kind", on="x > 0 or x == 0 and n > 0 or n == floor(n)", tex=r"J_{#1}\left(#2\right)", sample=((0.3, 2.5), (0.1, 4)), numpy="numpy.where((#1 >= 0) & (#1 < 100) & (#2 >= 0) & (#2 < 4), (numpy.abs(#2)/2)**numpy.abs(#1)/scipy.special.gamma(numpy.abs(#1) + 1)*scipy.special.hyp0f1(numpy.abs(#1) + 1, -numpy.minimum(#2*#2, 16)/4), scipy.special.jv(#1, #2))", aliases="jv", ball=lambda f, n, x: x.bessel_j(n))
fn("bessely(n, x)", (None, "(bessely(n - 1, x) - bessely(n + 1, x))/2"),  code="s.yv s.yn sy", doc="Bessel function of the second kind", on="x > 0", tex=r"Y_{#1}\left(#2\right)", sample=((0.3, 2.5), (0.1, 4)), numpy="scipy.special.yv", aliases="yv", ball=lambda f, n, x: x.bessel_y(n))
fn("besseli(n, x)", (None, "(besseli(n - 1, x) + besseli(n + 1, x))/2"),  code="s.iv sy", doc="modified Bessel function of the first kind", on="x > 0 or x == 0 and n > 0 or n == floor(n)", tex=r"I_{#1}\left(#2\right)", sample=((0.3, 2.5), (0.1, 4)), numpy="scipy.special.iv", aliases="iv", ball=lambda f, n, x: x.bessel_i(n))
fn("besselk(n, x)", (None, "-(besselk(n - 1, x) + besselk(n + 1, x))/2"), code="s.kv s.kn sy", doc="modified Bessel function of the second kind", range="y > 0", on="x > 0", tex=r"K_{#1}\left(#2\right)", sample=((0.3, 2.5), (0.1, 4)), numpy="numpy.where(#2 < 600, scipy.special.kv(#1, #2), scipy.special.kve(#1, numpy.minimum(#2, 1e9))*numpy.exp(-#2))", aliases="kv", ball=lambda f, n, x: x.bessel_k(n))
fn("ive(n, x)",     (None, "(ive(n - 1, x) + ive(n + 1, x))/2 - sign(x)*y"), code="s", doc="exp(-|x|) besseli(n, x)", on="x > 0 or x == 0 and n > 0 or n == floor(n)", kink="x = 0 and n = 0: 0 in [-1, 1]", tex=r"e^{-\left|#2\right|}I_{#1}\left(#2\right) | \operatorname{ive}", sample=((0.3, 2.5), (0.1, 4)), by="exp(-abs(x))*besseli(n, x)", stable="", numpy="numpy.where(numpy.abs(#2) > 1e9, numpy.sign(#2)**#1*numpy.exp((1 - 4*#1*#1)/8/numpy.abs(#2))/numpy.sqrt(2*numpy.pi*numpy.abs(#2)), numpy.where(numpy.abs(#2) < 600, scipy.special.iv(#1, #2)*numpy.exp(-numpy.abs(#2)), scipy.special.ive(#1, #2)))")

fn("zeta(s)",       (None,),                         code="s sy", doc="Riemann zeta function", range="s <= 1 or y > 1", on="s != 1", tex=r"\zeta", sample=((1.5, 4),), numpy="elementwise('zeta', scipy.special.zeta)(#1)")
fn("zeta(s, a)",    (None, "-s*zeta(s + 1, a)"),     op="hurwitz_zeta", doc="Hurwitz zeta function", range="s <= 1 or y > 0", on="s != 1 and a > 0", tex=r"\zeta", sample=((1.5, 4), (0.3, 3)), numpy="scipy.special.zeta", mpmath=lambda m, s, a: m.zeta(s, *_positive(m, a)), ball=_zeta_ball)
fn("polylog(s, z)", (None, "polylog(s - 1, z)/z"),   powers="n^(-s)", code="sy", doc="polylogarithm", on="z < 1 or z == 1 and s > 1", tex=r"\operatorname{Li}_{#1}\left(#2\right)", sample=((0.5, 3), (0.05, 0.9)), mpmath=_polylog, numpy=None, ball=_polylog_ball)
fn("Ei(x)",         "exp(x)/x",                      code="s.expi sy", doc="exponential integral", on="x != 0", tex=r"\operatorname{Ei}", sample=((0.1, 4),), mpmath="ei", numpy="scipy.special.expi", aliases="expi", ball="ei")
fn("Si(x)",         "sinc(x/pi)",                    code="sy", doc="sine integral", range="-1.86 < y and y < 1.86 and (x <= 0 or y > 0) and (x >= 0 or y < 0)", tex=r"\operatorname{Si}", sample=((0.05, 4),), mpmath="si", numpy="scipy.special.sici(#1)[0]", ball="si")
fn("Ci(x)",         "cos(x)/x",                      code="sy", doc="cosine integral", range="y < 1/2", goes_on=True, on="x > 0", tex=r"\operatorname{Ci}", sample=((0.05, 4),), mpmath="ci", numpy="scipy.special.sici(#1)[1]", ball="ci")
fn("lambertw(x)",   "1/(x + exp(y))",  inverse="y*exp(y) if y >= -1",               code="s sy.LambertW", doc="W with W exp(W) = x, principal branch", range="y >= -1", monotone="up", through="0: 0; e: 1", goes_on=True, on="x >= -1/e", tex=r"\operatorname{W}", sample=((-0.35, 4),), sympy="LambertW", numpy="scipy.special.lambertw(#1).real", aliases="LambertW")
fn("lambertw(x, k)", ("1/(x + exp(y))", None),       op="lambertw_branch", inverse="y*exp(y) if k == 0 and y >= -1 or k == -1 and y <= -1", doc="branch k of W with W exp(W) = x", on="k == 0 and x >= -1/e or k == -1 and -1/e <= x and x < 0", tex=r"\operatorname{W}_{#2}\left(#1\right)", sample=((-0.35, -0.02), (-1, -1)), sympy="LambertW", mpmath=lambda m, x, k: m.lambertw(x, _whole(m, k)), numpy=None, aliases="LambertW", ball=lambda f, x, k: x.lambertw(int(k.unique_fmpz())))

family("elliptic")
fn("elliptic_k(m)", "(elliptic_e(m) - (1 - m)*y)/(2*m*(1 - m))", code="s.ellipk sy", through="0: pi/2", doc="complete elliptic integral of the first kind, m = k^2", range="y > 0", monotone="up", on="m < 1", tex=r"\operatorname{ellipk}", sample=((0.05, 0.9),), mpmath="ellipk", numpy="scipy.special.ellipk", aliases="ellipk")
fn("elliptic_e(m)", "(y - elliptic_k(m))/(2*m)",                 code="s.ellipe sy", doc="complete elliptic integral of the second kind, m = k^2", range="y >= 1", monotone="down", through="0: pi/2; 1: 1", on="m <= 1", tex=r"\operatorname{ellipe}", sample=((0.05, 0.9),), mpmath="ellipe", numpy="scipy.special.ellipe", aliases="ellipe")
fn("elliptic_f(phi, m)", ("1/sqrt(1 - m*sin(phi)^2)", "elliptic_e(phi, m)/(2*m*(1 - m)) - y/(2*m) - sin(2*phi)/(4*(1 - m)*sqrt(1 - m*sin(phi)^2))"),
   code="s.ellipkinc sy", doc="incomplete elliptic integral of the first kind, m = k^2", goes_on=True, on="m < 1 or m*sin(phi)^2 <= 1 and abs(phi) < pi/2", tex=r"\operatorname{ellipf}", sample=((0.1, 1.4), (0.05, 0.9)), mpmath="ellipf", numpy="numpy.where(#2 > 1, numpy.sin(#1)*scipy.special.elliprf(numpy.cos(#1)**2, 1 - #2*numpy.sin(#1)**2, 1), scipy.special.ellipkinc(#1, #2))", aliases="ellipf ellipkinc", ball=lambda f, phi, m: f.acb.elliptic_f(phi, m))
fn("elliptic_e(phi, m)", ("sqrt(1 - m*sin(phi)^2)", "(y - elliptic_f(phi, m))/(2*m)"), op="elliptic_e_incomplete",
   doc="incomplete elliptic integral of the second kind, m = k^2", goes_on=True, on="m <= 1 or m*sin(phi)^2 <= 1 and abs(phi) < pi/2", tex=r"\operatorname{ellipe}", sample=((0.1, 1.4), (0.05, 0.9)), mpmath="ellipe", numpy="numpy.where(#2 > 1, numpy.sin(#1)*scipy.special.elliprf(numpy.cos(#1)**2, 1 - #2*numpy.sin(#1)**2, 1) - #2/3*numpy.sin(#1)**3*scipy.special.elliprd(numpy.cos(#1)**2, 1 - #2*numpy.sin(#1)**2, 1), scipy.special.ellipeinc(#1, #2))", aliases="ellipe ellipeinc", ball=lambda f, phi, m: f.acb.elliptic_e_inc(phi, m))
fn("elliptic_pi(n, m)", ("(elliptic_e(m) + (m - n)*elliptic_k(m)/n + (n^2 - m)*y/n)/(2*(m - n)*(n - 1))", "(elliptic_e(m)/(m - 1) + y)/(2*(n - m))"),
   code="sy", doc="complete elliptic integral of the third kind, m = k^2", range="y > 0", on="m < 1 and n < 1", tex=r"\Pi", sample=((0.1, 0.4), (0.5, 0.9)), mpmath="ellippi", numpy=None, aliases="ellippi", ball=lambda f, n, m: f.acb.elliptic_pi(n, m))
fn("elliptic_pi(n, phi, m)",
   ("(elliptic_e(phi, m) + (m - n)*elliptic_f(phi, m)/n + (n^2 - m)*y/n - n*sqrt(1 - m*sin(phi)^2)*sin(2*phi)/(2*(1 - n*sin(phi)^2)))/(2*(m - n)*(n - 1))",
    "1/((1 - n*sin(phi)^2)*sqrt(1 - m*sin(phi)^2))",
    "(elliptic_e(phi, m)/(m - 1) + y - m*sin(2*phi)/(2*(m - 1)*sqrt(1 - m*sin(phi)^2)))/(2*(n - m))"), op="elliptic_pi_incomplete",
   doc="incomplete elliptic integral of the third kind, m = k^2", on="max(m, n) < 1 or max(m, n)*sin(phi)^2 < 1 and abs(phi) < pi/2", tex=r"\Pi", sample=((0.1, 0.4), (0.1, 1.4), (0.5, 0.9)), mpmath="ellippi", numpy=None, aliases="ellippi", ball=lambda f, n, phi, m: phi if phi.is_zero() else f.acb.elliptic_pi_inc(n, phi, m))

family("entropy and logarithms")
fn("logit(x)",        "1/(x*(1 - x))",              inverse="sigmoid(y)", code="s t ts", doc="log odds, inverse of sigmoid", monotone="up", through="1/2: 0", on="0 < x and x < 1", tex=r"\operatorname{logit}", sample=((0.02, 0.98),), by="log(x/(1 - x))", numpy="scipy.special.logit")
fn("log1mexp(x)",     "1/expm1(x)",                 doc="log(1 - exp(-x)), exact near 0", range="y < 0", monotone="up", on="x > 0", sample=((0.05, 4),), by="log(-expm1(-x))", stable="where(x < 1, log(-expm1(-x)), log1p(-exp(-x)))",
   mpmath=lambda m, x: m.log(-m.expm1(-x)) if m.re(x) < 1 else m.log1p(-m.exp(-x)), ball=lambda f, x: (-(-x).expm1()).log() if x.real < 1 else (-(-x).exp()).log1p())
fn("xlogy(x, y)",     ("log(y)", "x/y"),            code="s t ts", doc="x log(y), 0 where x is 0", on="y > 0 or x == 0", sample=((0.1, 3), (0.1, 3)), by="where(x == 0, 0, x*log(y))", numpy="scipy.special.xlogy")
fn("xlog1py(x, y)",   ("log1p(y)", "x/(1 + y)"),    code="s ts", doc="x log(1 + y), 0 where x is 0", on="y > -1 or x == 0", sample=((0.1, 3), (-0.9, 3)), by="where(x == 0, 0, x*log1p(y))", numpy="scipy.special.xlog1py")
fn("entr(x)",         "-log(x) - 1",                code="s ts", doc="entropy -x log(x), 0 at 0", range="y < 3/8", on="x >= 0", sample=((0.05, 4),), by="where(x == 0, 0, -x*log(x))", numpy="scipy.special.entr")
fn("rel_entr(x, y)",  ("log(x/y) + 1", "-x/y"),     code="s", doc="relative entropy x log(x/y)", goes_on=True, on="x >= 0 and y > 0", sample=((0.1, 3), (0.1, 3)), by="where(x == 0, 0, x*log(x/y))", mpmath=_rel_entr, numpy="scipy.special.rel_entr")
fn("kl_div(x, y)",    ("log(x/y)", "1 - x/y"),      code="s", doc="x log(x/y) - x + y", range="y >= 0", goes_on=True, on="x >= 0 and y > 0", sample=((0.1, 3), (0.1, 3)), by="rel_entr(x, y) - x + y", mpmath=lambda m, x, y: _rel_entr(m, x, y) - x + y, numpy=None,
   stable="t = (y - x)/x; s = t/(2 + t); where(x == 0, y, where(abs(t) < 0.2, x*(s*t - 2*s^3*(1/3 + s^2*(1/5 + s^2*(1/7 + s^2*(1/9 + s^2*(1/11 + s^2/13)))))), rel_entr(x, y) - x + y))")
fn("logsumexp(a, ...)", "exp(a - y)",               doc="log of the sum of exp of all arguments", range="y >= a", tex=r"\operatorname{logsumexp}", by="logaddexp(a, b)", numpy="numpy.logaddexp")
# fmt: on
