"""Writes f64.txt: exact values of the elementary functions, for Tests/TensorTests/KernelExactTests.swift.

A line is a function, its argument or arguments and its correctly rounded value as bit patterns, and how far the exact
value lies from that, in units in the last place. Needs mpmath.
"""
import math
import os
import random
import struct

import mpmath as mp

mp.mp.prec = 2400  # arguments up to 1e300 are reduced by pi
random.seed(1)


def bits(x):
    return struct.pack(">d", x).hex()


def by_magnitude(low, high, both=False):
    x = math.exp(random.uniform(math.log(low), math.log(high)))
    return -x if both and random.random() < 0.5 else x


def even(low, high):
    return random.uniform(low, high)


FUNCTIONS = {
    "exp": (mp.exp, [lambda: even(-708, 709.7), lambda: even(-2, 2), lambda: by_magnitude(1e-12, 1, True)]),
    "expm1": (mp.expm1, [lambda: even(-40, 709), lambda: even(-1, 1), lambda: by_magnitude(1e-300, 1, True)]),
    "log": (mp.log, [lambda: by_magnitude(1e-307, 1e308), lambda: even(0.4, 2.5)]),
    "log1p": (
        mp.log1p,
        [lambda: by_magnitude(1e-300, 1e308), lambda: even(-0.999999, 2), lambda: -by_magnitude(1e-300, 0.9)],
    ),
    "sqrt": (mp.sqrt, [lambda: by_magnitude(1e-307, 1e308)]),
    "sin": (
        mp.sin,
        [lambda: even(-100, 100), lambda: by_magnitude(1e-300, 1, True), lambda: by_magnitude(1, 1e300, True)],
    ),
    "cos": (mp.cos, [lambda: even(-100, 100), lambda: by_magnitude(1, 1e300, True)]),
    "tan": (
        mp.tan,
        [lambda: even(-100, 100), lambda: by_magnitude(1e-300, 1, True), lambda: by_magnitude(1, 1e300, True)],
    ),
    "asin": (mp.asin, [lambda: even(-1, 1), lambda: by_magnitude(1e-300, 1, True)]),
    "acos": (mp.acos, [lambda: even(-1, 1), lambda: 1 - by_magnitude(1e-15, 0.5)]),
    "atan": (mp.atan, [lambda: even(-10, 10), lambda: by_magnitude(1e-300, 1e300, True)]),
    "sinh": (mp.sinh, [lambda: even(-710, 710), lambda: even(-2, 2), lambda: by_magnitude(1e-300, 1, True)]),
    "cosh": (mp.cosh, [lambda: even(-710, 710), lambda: even(-2, 2)]),
    "tanh": (mp.tanh, [lambda: even(-20, 20), lambda: by_magnitude(1e-300, 1, True)]),
    "sigmoid": (lambda x: 1 / (1 + mp.exp(-x)), [lambda: even(-700, 40), lambda: even(-5, 5)]),
    "erf": (mp.erf, [lambda: even(-6, 6), lambda: by_magnitude(1e-300, 1, True)]),
    "erfInverse": (None, [lambda: even(-1, 1), lambda: by_magnitude(1e-300, 1, True)]),
}
PAIRS = {
    "power": (mp.power, lambda: (by_magnitude(1e-20, 1e20), even(-15, 15))),
    "powerNearOne": (mp.power, lambda: (1 + by_magnitude(1e-9, 0.5, True), by_magnitude(1, 1e3, True))),
    "atan2": (mp.atan2, lambda: (by_magnitude(1e-10, 1e10, True), by_magnitude(1e-10, 1e10, True))),
}
COUNT = 120


def line(name, arguments, exact):
    rounded = float(mp.mpf(exact))
    if rounded == 0 or math.isinf(rounded) or abs(rounded) < 2.3e-308:
        return None
    offset = (mp.mpf(exact) - mp.mpf(rounded)) / mp.mpf(math.ulp(rounded))
    return " ".join([name, *map(bits, arguments), bits(rounded), mp.nstr(offset, 4)])


def inverse(x):
    """The inverse of erf: mpmath's own stops at the working precision it knows."""
    mp.mp.prec = 160
    try:
        return mp.erfinv(mp.mpf(x))
    finally:
        mp.mp.prec = 2400


with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "f64.txt"), "w") as out:
    for name, (function, ranges) in FUNCTIONS.items():
        done = 0
        while done < COUNT:
            x = ranges[done % len(ranges)]()
            huge = abs(x) > 100
            mp.mp.prec = 2400 if huge and name in ("sin", "cos", "tan") else 300 if abs(x) > 1e-60 else 2400
            text = line(name, [x], inverse(x) if function is None else function(mp.mpf(x)))
            if text:
                out.write(text + "\n")
                done += 1
    mp.mp.prec = 300
    for name, (function, draw) in PAIRS.items():
        done = 0
        while done < COUNT:
            arguments = draw()
            try:
                text = line(name.replace("NearOne", ""), arguments, function(*map(mp.mpf, arguments)))
            except OverflowError:
                continue
            if text:
                out.write(text + "\n")
                done += 1
