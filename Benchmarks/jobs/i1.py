"""The cases of i1.mdl that the peers' i1 does not have."""
import functools
import math
import sys
import time
import types


def sieve(n):
    composite = [None] * (n + 1)
    count = 0
    for i in range(2, n + 1):
        if composite[i] is None:
            count += 1
            j = i * i
            while j <= n:
                composite[j] = True
                j += i
    return count


def product(n):
    a = [[(i + j) / n for j in range(n)] for i in range(n)]
    b = [[(i - j) / n for j in range(n)] for i in range(n)]
    c = [[None] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            s = 0.0
            for k in range(n):
                s = s + a[i][k] * b[k][j]
            c[i][j] = s
    return c[n // 2][n // 3]


def sorting(n):
    xs, state = [], 42
    for _ in range(n):
        state = (state * 1103515245 + 12345) % 2147483648
        xs.append(state)
    width = 1
    while width < n:
        out, start = [], 0
        while start < n:
            middle, end = min(start + width, n), min(start + 2 * width, n)
            i, j = start, middle
            while i < middle or j < end:
                if j >= end or (i < middle and xs[i] <= xs[j]):
                    out.append(xs[i])
                    i += 1
                else:
                    out.append(xs[j])
                    j += 1
            start += 2 * width
        xs = out
        width *= 2
    return xs[n // 2]


def texts(n):
    s = ""
    for i in range(n):
        s = s + "item " + f"{i}"
        s += ","
    return len(s)


def counting(n):
    counts, state = {}, 42
    for _ in range(n):
        state = (state * 1103515245 + 12345) % 2147483648
        key = state // 65536 % 1000
        counts[key] = counts.get(key, 0) + 1
    best = 0
    for key in counts:
        if counts[key] > best:
            best = counts[key]
    return best


def bodies(n):
    x = [0.0, 4.84143144246472, 8.34336671824458, 12.8943695621391, 15.3796971148509]
    y = [0.0, -1.16032004402742, 4.1247985641243, -15.1111514016986, -25.9193146099879]
    z = [0.0, -0.103622044471123, -0.403523417114321, -0.223307578892655, 0.179258772950371]
    vx = [0.0, 0.606326392995832, -1.01077434617879, 1.08279100644153, 0.979090732243898]
    vy = [0.0, 2.81198684491626, 1.82566237123041, 0.868713018169608, 0.594698998647676]
    vz = [0.0, -0.02521836165988, 0.00841576137658415, -0.0108326374013636, -0.034755955504078]
    m = [39.4784176043574, 0.0376936749096657, 0.0112863261319687, 0.00172372405705971, 0.0020336868699246]
    for _ in range(n):
        for i in range(5):
            for j in range(i + 1, 5):
                dx, dy, dz = x[i] - x[j], y[i] - y[j], z[i] - z[j]
                d2 = dx * dx + dy * dy + dz * dz
                mag = 0.01 / (d2 * math.sqrt(d2))
                vx[i] -= dx * m[j] * mag
                vy[i] -= dy * m[j] * mag
                vz[i] -= dz * m[j] * mag
                vx[j] += dx * m[i] * mag
                vy[j] += dy * m[i] * mag
                vz[j] += dz * m[i] * mag
        for i in range(5):
            x[i] += 0.01 * vx[i]
            y[i] += 0.01 * vy[i]
            z[i] += 0.01 * vz[i]
    return x[0]


def closures(n):
    total, count = 0, 0
    add = lambda x: x + 1
    for _ in range(n):
        total = add(total)

    def bump():
        nonlocal count
        count += 1

    for _ in range(n):
        bump()
    return total + count

def words(n):
    counts = {}
    line = "the quick brown fox jumps over the lazy dog and the cat sleeps"
    for _ in range(n):
        for word in line.split(" "):
            if word in counts:
                counts[word] += 1
            else:
                counts[word] = 1
    return counts["the"]


class Particle:
    __slots__ = ("x", "y", "vx", "vy")

    def __init__(self, x, y, vx, vy):
        self.x, self.y, self.vx, self.vy = x, y, vx, vy


def records(n):
    ps = [Particle(1.0 * i, 0.5 * i, 0.01, 0.02) for i in range(100)]
    for _ in range(n):
        for i in range(100):
            ps[i].x += ps[i].vx
            ps[i].y += ps[i].vy
    total = 0.0
    for p in ps:
        total += p.x + p.y
    return total


def pipeline(n):
    squares = list(map(lambda x: x * x, range(n)))
    odd = list(filter(lambda x: x % 2 == 1, squares))
    return functools.reduce(lambda total, x: (total + x) % 1000003, odd, 0)


def walk(n):
    xs, total = list(range(1000)), 0
    for _ in range(n):
        for x in xs:
            total += x
    return total


def pairs(n):
    names, total = ["a", "b", "c", "d", "e"], 0
    for turn in range(n):
        for i, name in enumerate(names):
            total += i * len(name)
        low, high = turn, total
        total = high - low
    return total


def joining(n):
    parts = []
    for i in range(n):
        parts.append(f"{i}:{i * 2}")
    return len(",".join(parts))


def methods(n):
    shape = types.SimpleNamespace(area=lambda r: r * r * 3, scale=lambda r, k: r * k)
    total = 0
    for i in range(n):
        total = (total + shape.area(i) + shape.scale(i, 2)) % 1000003
    return total


def letters(n):
    line, vowels = "the quick brown fox jumps over the lazy dog", 0
    for _ in range(n):
        for c in line:
            if c == "a" or c == "e" or c == "i" or c == "o" or c == "u":
                vowels += 1
    return vowels


def trees(depth):
    def tree(d):
        return None if d == 0 else (tree(d - 1), tree(d - 1))

    def count(t):
        return 1 if t is None else count(t[0]) + count(t[1])

    return count(tree(depth))


def matching(n):
    x = 0
    for i in range(n):
        op = i % 3
        if op == 0:
            x = x + 1
        elif op == 1:
            x = x * 2 % 1000003
        else:
            x = x - 1
    return x


sizes = {"sieve": 1_000_000, "product": 120, "sorting": 50_000, "texts": 20_000, "counting": 300_000, "bodies": 20_000,
         "closures": 1_000_000, "words": 5_000, "records": 1_000, "pipeline": 200_000, "walk": 1_000, "pairs": 20_000,
         "joining": 50_000, "methods": 200_000, "letters": 2_000, "trees": 15, "matching": 500_000}
case = sys.argv[1]
begin = time.perf_counter()
result = globals()[case](sizes[case])
print(case, result, time.perf_counter() - begin)
