"""Runs the same jobs in mdl and in the peers that are installed, in turn, and prints tables of medians.

    python3 Benchmarks/run.py --mdl .build/release/mdl --peers PEERS --mnist MNIST [--python PYTHON] [--rounds 3]

PEERS holds the peers' scripts (s4.py, g1.py, classify.py ...), MNIST the idx files. What is not there is left out and
said. Needs numpy for the data.
"""
import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
FRAMEWORKS = ["keras", "keras-tuned", "torch", "torch-fused", "jax", "jax-scan"]
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


def run(command, env=None):
    """(wall seconds, peak MB, the last line of output that is JSON)."""
    begin = time.perf_counter()
    done = subprocess.run(["/usr/bin/time", "-f", "%M", *command], capture_output=True, text=True, env=env, timeout=1800)
    wall = time.perf_counter() - begin
    if done.returncode:
        return None, done.stderr.strip().splitlines()[-3:]
    peak = int(done.stderr.strip().splitlines()[-1]) / 1024
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    return {"wall_s": wall, "peak_mb": peak, **(json.loads(lines[-1]) if lines else {})}, None


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

    parts = {"train": "train", "val": "t10k"}
    for part, prefix in parts.items():
        x, y = read(f"{prefix}-images-idx3-ubyte"), read(f"{prefix}-labels-idx1-ubyte")
        if x is None:
            return False
        np.save(os.path.join(target, f"mnist_x_{part}.npy"), x.reshape(len(x), -1).astype(np.float32) / 255)
        np.save(os.path.join(target, f"mnist_y_{part}.npy"), y.astype(np.int32))
    return True


def table(title, rows, columns):
    print(f"\n### {title}\n")
    print("| contestant | " + " | ".join(columns) + " |")
    print("|" + " --- |" * (len(columns) + 1))
    for name, figures in rows.items():
        cells = []
        for column in columns:
            values = [f[column] for f in figures if column in f]
            cells.append(f"{statistics.median(values):.4g}" if values else "")
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--mdl", default=os.path.join(HERE, "..", ".build", "release", "mdl"))
    p.add_argument("--peers", default=None)
    p.add_argument("--mnist", default=None)
    p.add_argument("--python", default=sys.executable)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--frameworks", nargs="*", default=FRAMEWORKS)
    p.add_argument("--jobs", nargs="*", default=["start", "s4", "mnist", "products"])
    a = p.parse_args()
    work = tempfile.mkdtemp(prefix="mdl-bench-")
    env = dict(os.environ, BENCH_DATA=work, BENCH_OUT=work)
    if a.peers:
        subprocess.run([a.python, os.path.join(a.peers, "data.py"), "--out", work, "--only", "s4"], check=True,
                       stdout=subprocess.DEVNULL)
    absent = set()

    def contest(title, mdl, peer, columns):
        rows = {}
        for _ in range(a.rounds):
            for name, command in [("mdl", mdl)] + [(f, peer(f)) for f in a.frameworks if a.peers and f not in absent]:
                if command is None:
                    continue
                figures, trouble = run(command, env)
                if figures is None:
                    print(f"left out: {name} on {title}: {trouble}", file=sys.stderr)
                    if name != "mdl":
                        absent.add(name)
                    continue
                rows.setdefault(name, []).append(figures)
        table(title, rows, columns)

    if "start" in a.jobs:
        rows = {}
        for _ in range(20):
            for name, command in (("mdl -e 'print(1 + 1)'", [a.mdl, "-e", "print(1 + 1)"]), ("true", ["true"])):
                begin = time.perf_counter()
                subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
                rows.setdefault(name, []).append({"ms": 1000 * (time.perf_counter() - begin)})
        table("start to first result", rows, ["ms"])
    columns = ["step_ms", "first_window_s", "wall_s", "peak_mb", "loss", "val_acc"]
    if "s4" in a.jobs and a.peers:
        contest("100-64-32-10, batch 32, 10 epochs of 128 steps",
                [a.mdl, os.path.join(HERE, "classifier.mdl"), work, "s4", "64-32", "32", "10"],
                lambda f: [a.python, os.path.join(a.peers, "s4.py"), "--framework", f, "--json"], columns)
    if "mnist" in a.jobs and a.mnist and mnist_arrays(a.mnist, work):
        script = os.path.join(work, "mnist_job.py")
        with open(script, "w") as f:
            f.write(MNIST_JOB.format(peers=a.peers or "", frameworks=FRAMEWORKS))
        contest("MNIST 784-128-64-10, batch 100, 10 epochs of 600 steps",
                [a.mdl, os.path.join(HERE, "classifier.mdl"), work, "mnist", "128-64", "100", "10"],
                lambda f: [a.python, script, "--framework", f, "--json"], columns)
    if "products" in a.jobs:
        for n in (256, 512, 1024, 2048):
            contest(f"matrix product {n}", [a.mdl, os.path.join(HERE, "products.mdl"), str(n)],
                    lambda f: [a.python, os.path.join(HERE, "products_peer.py"), f, str(n)]
                    if f in ("torch", "jax") else None, ["gflops", "best"])


if __name__ == "__main__":
    main()
