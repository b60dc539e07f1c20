"""Gradient descent with calcml's own gradient: a logistic regression on 23 launches.

`data/challenger.csv` has the temperature in degrees Fahrenheit at 23 launches of the
space shuttle before January 1986, and whether any of its O-rings showed distress:
Dalal, Fowlkes and Hoadley, "Risk Analysis of the Space Shuttle", Journal of the
American Statistical Association 84 (1989), table 1.
"""

import csv
from pathlib import Path

import numpy

import calcml as cm

DATA = Path(__file__).with_name("data") / "challenger.csv"
RATE, STEPS, REPORT = 0.3, 400, 40

with DATA.open(encoding="utf-8") as lines:
    rows = list(csv.DictReader(lines))
temperature = numpy.array([float(row["temperature"]) for row in rows])
distress = numpy.array([float(row["distress"]) for row in rows])
x = (temperature - temperature.mean()) / temperature.std()

loss = cm.parse("z = w*x + b; softplus(z) - y*z")  # minus the log of the likelihood
gradient = cm.grad(loss, ["w", "b"])
print("d loss / d w =", gradient["w"])
print("d loss / d b =", gradient["b"])
step = cm.compile([loss, gradient["w"], gradient["b"]], ["w", "b", "x", "y"])

w = b = 0.0
for i in range(STEPS + 1):
    value, by_w, by_b = (part.mean() for part in step(w, b, x, distress))
    if i % REPORT == 0:
        print(f"step {i:3}: loss {value:.6f}  w {w:+.4f}  b {b:+.4f}")
    w, b = w - RATE * by_w, b - RATE * by_b

print(f"log odds of distress fall by {-w / temperature.std():.4f} a degree")
risk = cm.compile("sigmoid(w*x + b)", ["w", "b", "x"])
for degrees in (75, 55, 31):
    standard = (degrees - temperature.mean()) / temperature.std()
    print(f"risk of distress at {degrees} F: {float(risk(w, b, standard)):.3f}")
