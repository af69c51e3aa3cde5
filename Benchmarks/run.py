"""Runs the benchmark jobs in mdl and in the peers that are installed, in turn, and prints tables of medians.

    python3 Benchmarks/run.py --peers PEERS [--mnist MNIST] [--python PYTHON] [--rounds 3] [--jobs s4 c1 ...]

PEERS holds the peers' scripts (s0.py, g1.py, classify.py ...), MNIST the idx files. What is not installed is left out
and said. Every table shows, in the same minutes, what the machine's two threads reach in fused multiply-adds. A loss
or accuracy that differs from the peers' is said below the table.
"""
import argparse
import os
import subprocess
import sys
import tempfile

import contest
import measure
import scaling
from contest import HERE, Contest

DENSE = ["keras", "keras-tuned", "torch", "torch-fused", "jax", "jax-scan"]
STEP = ["step_ms", "first_window_s", "compile_ms", "wall_s", "peak_mb", "loss", "val_acc"]


class Job:
    """One job of the table: what it is, its contestants, and the bars in parts of the best peer's time."""

    def __init__(self, title, peer, frameworks, step, whole, window, options=(), data=None):
        self.title, self.peer, self.frameworks, self.options = title, peer, frameworks, list(options)
        self.bars = {"step_ms": step, "wall_s": whole}
        self.window = window
        self.data = data


JOBS = {
    "s0": Job("S0: text classifier, Embedding 10000 x 64, mean over 128 tokens, Dense 24, Dense 2; Adam, batch 32",
              "s0.py", DENSE, 0.4, 0.2, 128, data="s0"),
    "s2": Job("S2: 100-128-10, batch 32, with validation", "s2.py", DENSE, 0.5, 0.25, 128, data="s4"),
    "s2f": Job("S2f: 100-128-128-10, full batch of 4096, the loop written out", "s2.py", DENSE, 0.75, 0.4, 10,
               ["--full-batch"], data="s4"),
    "s3": Job("S3: Embedding 10000 x 64, LSTM 64, Dropout, Dense 2; 64 tokens, batch 32", "s3.py", DENSE, 0.5, 0.3, 64,
              data="s3"),
    "s4": Job("S4: 100-64-32-10, batch 32; then save, load, predict", "s4.py", DENSE, 0.5, 0.25, 128, data="s4"),
    "c1": Job("C1: 28 x 28 CNN, conv 32, conv 64, max pool, Dense 128, Dense 10; batch 128", "c1.py",
              ["keras", "torch", "torch-channels-last", "torch-fused", "jax"], 0.65, 0.6, 60, data="c1"),
    "t1": Job("T1: character transformer, 4 layers, 4 heads, width 128, context 128, batch 16, AdamW", "t1.py",
              ["keras", "torch", "torch-fused", "torch-compile", "jax"], 0.8, 0.6, 20, data="t1"),
    "b1": Job("B1: 1024-4096-4096-10, batch 256, SGD", "b1.py", ["keras", "torch", "torch-fused", "jax", "jax-scan"],
              1.0, 0.9, 10, data="b1"),
}
OTHERS = ["start", "u1", "first", "mnist", "g1", "e1", "i1", "threads", "growth"]


def training(a, name, work, env):
    """A job that trains: mdl and each peer, in turn."""
    job = JOBS[name]
    c = Contest(f"{job.title}", a, env)
    c.add("mdl", [a.mdl, os.path.join(HERE, "jobs", name + ".mdl"), work])
    for framework in job.frameworks:
        if a.peers and (not a.frameworks or framework in a.frameworks):
            c.add(framework, [a.python, os.path.join(a.peers, job.peer), "--framework", framework, "--json",
                              *job.options])
    c.run(lambda figures: contest.with_compile_time(figures, job.window))
    c.table(STEP, job.bars)
    c.compare_learning()


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--mdl", default=os.path.join(HERE, "..", ".build", "release", "mdl"))
    p.add_argument("--peers", default=None)
    p.add_argument("--mnist", default=None)
    p.add_argument("--python", default=sys.executable, help="an interpreter that has the peers installed")
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--frameworks", nargs="*", default=None, help="only these peers")
    p.add_argument("--jobs", nargs="*", choices=[*JOBS, *OTHERS],
                   default=["start", "u1", *JOBS, "first", "mnist", "g1", "e1", "i1", "threads", "growth"])
    a = p.parse_args()
    a.mdl = os.path.abspath(a.mdl)
    work = tempfile.mkdtemp(prefix="mdl-bench-")
    env = dict(os.environ, BENCH_DATA=work, BENCH_OUT=work)
    sets = {JOBS[j].data for j in a.jobs if j in JOBS}
    if "threads" in a.jobs:
        sets |= {"s4", "c1", "b1", "t1"}
    if "first" in a.jobs:
        sets |= {JOBS[j].data for j in measure.FIRST_STEPS}
    sets = sorted(sets)
    if a.peers and sets:
        subprocess.run([a.python, os.path.join(a.peers, "data.py"), "--out", work, "--only", *sets], check=True,
                       stdout=subprocess.DEVNULL)
    for name in a.jobs:
        if name in JOBS:
            if a.peers:
                training(a, name, work, env)
            else:
                print(f"left out: {name} needs the data that the peers' scripts make (--peers)", file=sys.stderr)
        elif name == "first" and not a.peers:
            print("left out: first needs the data that the peers' scripts make (--peers)", file=sys.stderr)
        elif name in ("threads", "growth"):
            getattr(scaling, name)(a, work, env)
        else:
            getattr(measure, name)(a, work, env)


if __name__ == "__main__":
    main()
