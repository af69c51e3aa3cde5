"""Contestants that do the same job in turn, and the table of what they took."""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def run(command, env=None):
    """(figures, none) with wall seconds, peak MB and what the last line of JSON says; or (none, what went wrong)."""
    begin = time.perf_counter()
    try:
        done = subprocess.run(["/usr/bin/time", "-f", "%M", *command], capture_output=True, text=True, env=env, timeout=900)
    except subprocess.TimeoutExpired:
        return None, "over 15 minutes"
    wall = time.perf_counter() - begin
    if done.returncode:
        return None, " / ".join(done.stderr.strip().splitlines()[-4:])
    peak = int(done.stderr.strip().splitlines()[-1]) / 1024
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    return {"wall_s": wall, "peak_mb": peak, **(json.loads(lines[-1]) if lines else {})}, None


def with_compile_time(figures, window):
    """What the first window of steps took beyond its steps: compiling, and making the weights."""
    if "first_window_s" in figures and "step_ms" in figures:
        figures["compile_ms"] = max(0.0, 1000 * figures["first_window_s"] - window * figures["step_ms"])
    return figures


_built = {}


def probe(source, threads, *flags):
    """What a small C program says of the machine, now; none where there is no compiler or no source."""
    if not os.path.exists(source):
        return None
    if source not in _built:
        _built[source] = os.path.join(tempfile.mkdtemp(prefix="mdl-probe-"), "probe")
        try:
            subprocess.run(["cc", "-O3", *flags, source, "-o", _built[source], "-lpthread"], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            _built[source] = None
    if not _built[source]:
        return None
    done = subprocess.run([_built[source], str(threads)], capture_output=True, text=True)
    return json.loads(done.stdout) if done.returncode == 0 else None


def fma_peak(peers, threads):
    """GFLOP/s of f32 multiply-adds in registers, now."""
    found = probe(os.path.join(peers or "", "fma.c"), threads, "-march=native", "-funroll-loops")
    return found and found["peak_gflops"]


def additions():
    """Independent additions a nanosecond on the processor with the fewest, now."""
    found = probe(os.path.join(HERE, "additions.c"), os.cpu_count())
    return found and found["additions"]


class Contest:
    def __init__(self, title, a, env):
        self.title, self.a, self.env = title, a, env
        self.commands, self.rows, self.left_out, self.peaks, self.shared = {}, {}, {}, [], {}

    def add(self, name, command):
        self.commands[name] = command

    def run(self, finish=lambda figures: figures):
        for _ in range(self.a.rounds):
            peak = fma_peak(self.a.peers, os.cpu_count())
            if peak:
                self.peaks.append(peak)
            for name, command in self.commands.items():
                if name in self.left_out:
                    continue
                before = additions()
                figures, trouble = run(command, self.env)
                after = additions()
                if before and after:
                    self.shared.setdefault(name, []).append((before + after) / 2)
                if figures is None:
                    self.left_out[name] = trouble
                else:
                    self.rows.setdefault(name, []).append(finish(figures))

    def median(self, name, column):
        values = [f[column] for f in self.rows.get(name, []) if f.get(column) is not None]
        return statistics.median(values) if values else None

    def best_peer(self, column, largest=False):
        known = {name: self.median(name, column) for name in self.rows if name != "mdl"}
        known = {name: value for name, value in known.items() if value is not None}
        if not known:
            return None, None
        name = (max if largest else min)(known, key=known.get)
        return name, known[name]

    def table(self, columns, bars=(), largest=False):
        """`bars`: by column the part of the best peer's figure that mdl may take (with `largest`: must reach)."""
        print(f"\n### {self.title}\n")
        print("| contestant | " + " | ".join(columns) + " |")
        print("|" + " --- |" * (len(columns) + 1))
        for name in self.rows:
            cells = [self.median(name, column) for column in columns]
            print(f"| {name} | " + " | ".join("" if c is None else f"{c:.4g}" for c in cells) + " |")
        print()
        for column, bar in dict(bars).items():
            mine, (peer, best) = self.median("mdl", column), self.best_peer(column, largest)
            if mine is not None and best:
                holds = mine >= bar * best if largest else mine <= bar * best
                print(f"- {column}: {mine / best:.3g} x {peer} (bar {bar} x): {'holds' if holds else 'MISSED'}")
        if self.peaks:
            print(f"- multiply-add peak meanwhile: {min(self.peaks):.0f} to {max(self.peaks):.0f} GFLOP/s")
        if self.shared:
            rates = ", ".join(f"{name} {statistics.median(each):.3g}" for name, each in self.shared.items())
            print(f"- additions a nanosecond before and after (half as many: somebody else on the core): {rates}")
        for name, trouble in self.left_out.items():
            print(f"- left out: {name}: {trouble[-300:]}")
        sys.stdout.flush()

    def compare_learning(self):
        """Says when mdl ends elsewhere than all peers: the loss within a quarter, accuracy within 0.05 of one of them."""
        for column, near in (("loss", lambda a, b: abs(a - b) <= 0.25 * max(abs(a), abs(b)) + 0.01),
                             ("val_acc", lambda a, b: abs(a - b) <= 0.05)):
            mine = self.median("mdl", column)
            others = [self.median(name, column) for name in self.rows if name != "mdl"]
            others = [value for value in others if value is not None]
            if mine is not None and others and not any(near(mine, other) for other in others):
                print(f"- {column} {mine:.4g} differs from every peer's: {', '.join(f'{o:.4g}' for o in others)}")
