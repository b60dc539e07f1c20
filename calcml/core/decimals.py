"""How calculated decimals are written: exact and short."""

from __future__ import annotations

from fractions import Fraction

from calcml.core.budget import spend
from calcml.core.expr import Expr, Number, decimal, number
from calcml.core.limits import MAX_PLACES, MOST_FIGURES, ROUND


def numeral(value: Number, like_decimal: bool) -> Expr:
    """The number `value`, as a decimal where that is asked, exact and short."""
    places = Fraction(value).denominator.bit_length()
    if not like_decimal or not value or places > MOST_FIGURES:
        return number(value)
    spend(40 + places // 20)
    scaled = value * 10**places
    if scaled.denominator > 1 or abs(scaled) >= 10**MOST_FIGURES:
        return number(value)
    all_of_them = str(abs(scaled.numerator))
    shown, power_of_ten = all_of_them.rstrip("0"), len(all_of_them) - places - 1
    if len(shown) > MAX_PLACES:
        return number(value)
    sign = "-" * (value < 0)
    if power_of_ten < -4 or value % ROUND == 0:
        point = "." * (len(shown) > 1)
        return decimal(f"{sign}{shown[0]}{point}{shown[1:]}e{power_of_ten}")
    whole, part = divmod(abs(scaled.numerator), 10**places)
    return decimal(f"{sign}{whole}.{f'{part:0{places}d}'.rstrip('0') or '0'}")


def figures(node: Expr) -> int:
    """How many figures a number has, without the zeros at its ends."""
    mantissa = node.text.lower().partition("e")[0]
    return len(mantissa.strip("-0.").replace(".", ""))


def is_pointed(node: Expr) -> bool:
    """Whether a number is whole and has a point, as 2.0 has."""
    whole = node.op == "number" and "." in node.text and node.value == int(node.value)
    return whole and "e" not in node.text.lower()
