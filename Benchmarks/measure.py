"""The jobs that do not train: starting, matrix products, elementwise chains, scalar code; and MNIST from its files."""
import gzip
import os
import subprocess
import time

from contest import HERE, Contest, with_compile_time

# Square products as in the peers' g1; then the shapes of the other jobs: m x k x n, t: transposed, xN: a batch.
PRODUCTS = ["256", "512", "1024", "2048"]
SHAPES = ["64", "96", "128", "192", "127", "333", "32x100x64", "32x64x10", "4096x128x128", "128x4096x128", "2048x128x512",
          "128x2048x512", "128x9216x128", "1x512x512", "512x512x1", "128x32x128x64", "128x128x32x64"]

MNIST_JOB = """
import sys
sys.path.insert(0, {peers!r})
import classify, common
args = common.parser("M1", {frameworks!r}).parse_args()
def keras_model():
    import keras
    layers = keras.layers
    return keras.Sequential([keras.Input((784,)), layers.Dense(128, activation="relu"), layers.Dense(64, activation="relu"),
                             layers.Dense(10, activation="softmax")])
def torch_model():
    from torch import nn
    return nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))
init, apply = classify.jax_mlp([784, 128, 64, 10])
classify.run(classify.Spec("M1", "mnist", epochs=10, batch=100, keras=keras_model, torch=torch_model, jax=init,
                           jax_apply=apply), args)
"""

# The training jobs whose first step is measured, with the longest that it may take beyond a step, in ms.
FIRST_STEPS = {"s0": 40, "s2": 40, "s2f": 40, "s3": 40, "s4": 40, "c1": 40, "t1": 150, "b1": 40}


def wanted(a, frameworks):
    return [f for f in frameworks if a.peers and (not a.frameworks or f in a.frameworks)]


def start(a, work, env):
    """The shortest program, beside a program that does nothing."""
    times = {}
    for _ in range(20):
        for name, command in (("mdl", [a.mdl, "-e", "print(1 + 1)"]), ("true", ["true"])):
            begin = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            times.setdefault(name, []).append({"ms": 1000 * (time.perf_counter() - begin)})
    c = Contest("Start: `mdl -e 'print(1 + 1)'`", a, env)
    c.rows = times
    c.table(["ms"])


def u1(a, work, env):
    c = Contest("U1: start, build the S4 model, one forward pass", a, env)
    c.add("mdl", [a.mdl, os.path.join(HERE, "jobs", "u1.mdl")])
    for framework in wanted(a, ["keras", "torch", "jax"]):
        c.add(framework, [a.python, "-c", f"import sys; sys.path.insert(0, {a.peers!r}); import u1; exec(u1.SNIPPETS[{framework!r}])"])
    rounds, a.rounds = a.rounds, max(5, a.rounds)
    c.run()
    a.rounds = rounds
    c.table(["wall_s", "peak_mb"])


def first(a, work, env):
    """What mdl's first step of each training job takes beyond its steps, and the making of its weights."""
    c = Contest("First steps of mdl: making the weights, the first step, a step, what the first takes beyond it, ms", a, env)
    for job in FIRST_STEPS:
        c.add(job, [a.mdl, os.path.join(HERE, "jobs", "first.mdl"), work, job])
    rounds, a.rounds = a.rounds, max(5, a.rounds)
    c.run()
    a.rounds = rounds
    c.table(["weights_ms", "first_ms", "step_ms", "beyond_ms", "peak_mb"])
    for job, longest in FIRST_STEPS.items():
        beyond = c.median(job, "beyond_ms")
        if beyond is not None:
            print(f"- {job}: {beyond:.3g} ms beyond a step (bar {longest}): {'holds' if beyond <= longest else 'MISSED'}")


def g1(a, work, env):
    rates = Contest("G1: matrix products, GFLOP/s; m x k x n, then the batch", a, env)
    shapes = PRODUCTS + SHAPES
    rates.add("mdl", [a.mdl, os.path.join(HERE, "jobs", "g1.mdl"), *shapes])
    for framework in wanted(a, ["torch", "jax"]):
        rates.add(framework, [a.python, os.path.join(HERE, "products_peer.py"), framework, *shapes])
    rates.run()
    rates.table(shapes, {shape: 0.95 for shape in shapes}, largest=True)


def e1(a, work, env):
    c = Contest("E1: tanh(a x + b) x + exp(-x x) over 16 Mi floats; softmax and layer norm over 8192 x 1024, ms", a, env)
    c.add("mdl", [a.mdl, os.path.join(HERE, "jobs", "e1.mdl")])
    for framework in wanted(a, ["numpy", "torch", "torch-compile", "jax", "tensorflow", "tensorflow-xla"]):
        c.add(framework, [a.python, os.path.join(a.peers, "e1.py"), "--framework", framework, "--json"])
    c.run()
    c.table(["chain_ms", "softmax_ms", "layernorm_ms", "peak_mb"], {"chain_ms": 0.8, "softmax_ms": 0.65, "layernorm_ms": 0.5})


def i1(a, work, env):
    for case in ("fib", "loop", "mandel", "queens"):
        c = Contest(f"I1: {case}, ms by the program's own clock", a, env)
        for _ in range(max(5, a.rounds)):
            for name, command in (("mdl", [a.mdl, os.path.join(HERE, "jobs", "i1.mdl"), case]),
                                  ("lua5.4", ["lua5.4", os.path.join(a.peers or "", "i1", "bench.lua"), case]),
                                  ("python3", [a.python, os.path.join(a.peers or "", "i1", "bench.py"), case])):
                if name != "mdl" and not a.peers:
                    continue
                try:
                    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
                    c.rows.setdefault(name, []).append({"ms": 1000 * float(out[-1]), "result": float(out[-2])})
                except (OSError, subprocess.CalledProcessError) as trouble:
                    c.left_out[name] = str(trouble)
        c.table(["ms", "result"], {"ms": 1.0})


def mnist(a, work, env):
    if not a.mnist or not mnist_arrays(a.mnist, work):
        print("left out: mnist needs its idx files (--mnist)")
        return
    frameworks = ["keras", "torch", "torch-fused", "jax", "jax-scan"]
    script = os.path.join(work, "mnist_job.py")
    with open(script, "w") as f:
        f.write(MNIST_JOB.format(peers=a.peers or "", frameworks=frameworks))
    c = Contest("MNIST: 784-128-64-10, Adam, batch 100, 10 epochs of 600 steps", a, env)
    c.add("mdl", [a.mdl, os.path.join(HERE, "jobs", "mnist.mdl"), work])
    for framework in wanted(a, frameworks):
        c.add(framework, [a.python, script, "--framework", framework, "--json"])
    c.run(lambda figures: with_compile_time(figures, 600))
    c.table(["step_ms", "first_window_s", "wall_s", "peak_mb", "loss", "val_acc"], {"step_ms": 1.0, "wall_s": 1.0})
    c.compare_learning()


def mnist_arrays(source, target):
    import numpy as np

    def read(name):
        for path, opener in ((name, open), (name + ".gz", gzip.open)):
            full = os.path.join(source, path)
            if os.path.exists(full):
                with opener(full, "rb") as f:
                    data = f.read()
                rank = data[3]
                sizes = [int.from_bytes(data[4 + 4 * i:8 + 4 * i], "big") for i in range(rank)]
                return np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(sizes)
        return None

    for part, prefix in {"train": "train", "val": "t10k"}.items():
        x, y = read(f"{prefix}-images-idx3-ubyte"), read(f"{prefix}-labels-idx1-ubyte")
        if x is None:
            return False
        np.save(os.path.join(target, f"mnist_x_{part}.npy"), x.reshape(len(x), -1).astype(np.float32) / 255)
        np.save(os.path.join(target, f"mnist_y_{part}.npy"), y.astype(np.int32))
    return True
