"""GFLOP/s of matrix products in PyTorch, JAX or NumPy, the median of repeated products: FRAMEWORK SHAPE...

A shape is n, or MxKxN, or MxKxNxBATCH.
"""
import json
import statistics
import sys
import time

import numpy as np


def product(framework, a, b):
    """A function that multiplies and waits."""
    if framework == "torch":
        import torch
        x, y = torch.from_numpy(a), torch.from_numpy(b)
        return lambda: x @ y
    if framework == "jax":
        import jax
        x, y = jax.device_put(a), jax.device_put(b)
        f = jax.jit(lambda x, y: x @ y)
        return lambda: f(x, y).block_until_ready()
    return lambda: a @ b


figures = {}
for shape in sys.argv[2:]:
    sizes = [int(s) for s in shape.split("x")]
    m, k, n, batch = (sizes * 3)[:3] + [1] if len(sizes) == 1 else (sizes + [1])[:4]
    random = np.random.default_rng(0)
    a = random.standard_normal((batch, m, k) if batch > 1 else (m, k)).astype(np.float32)
    b = random.standard_normal((batch, k, n) if batch > 1 else (k, n)).astype(np.float32)
    once = product(sys.argv[1], a, b)
    operations = 2 * batch * m * k * n
    for _ in range(5):
        once()
    rates = []
    # Some 0.4 seconds each; small products many to a measurement, so that the clock does not count.
    inner = max(1, 200_000_000 // (operations * 20))
    for _ in range(max(5, min(400, 40_000_000_000 // (operations * inner)))):
        begin = time.perf_counter()
        for _ in range(inner):
            once()
        rates.append(inner * operations / (time.perf_counter() - begin) / 1e9)
    figures[shape] = round(statistics.median(rates), 1)
print(json.dumps(figures))
