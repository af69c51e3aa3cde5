"""GFLOP/s of one matrix product in PyTorch, JAX or NumPy: the median of repeated products."""
import json
import statistics
import sys
import time

import numpy as np

framework, n = sys.argv[1], int(sys.argv[2])
a = np.random.default_rng(0).standard_normal((n, n)).astype(np.float32)
b = np.random.default_rng(1).standard_normal((n, n)).astype(np.float32)
if framework == "torch":
    import torch
    x, y = torch.from_numpy(a), torch.from_numpy(b)
    product = lambda: x @ y
elif framework == "jax":
    import jax
    x, y = jax.device_put(a), jax.device_put(b)
    f = jax.jit(lambda x, y: x @ y)
    product = lambda: f(x, y).block_until_ready()
else:
    product = lambda: a @ b
for _ in range(3):
    product()
rates = []
for _ in range(max(5, min(2000, 2_000_000_000 // n ** 3))):
    begin = time.perf_counter()
    product()
    rates.append(2 * n ** 3 / (time.perf_counter() - begin) / 1e9)
print(json.dumps({"gflops": statistics.median(rates), "best": max(rates)}))
