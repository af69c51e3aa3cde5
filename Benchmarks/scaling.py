"""How mdl's time grows: with threads, and with the batch, the rows and the layers of a network."""
import os
import statistics

from contest import HERE, fma_peak, run


def median_figure(command, env, column, rounds):
    values = []
    for _ in range(rounds):
        figures, trouble = run(command, env)
        if figures is None:
            return None, trouble
        if column in figures:
            values.append(figures[column])
    return (statistics.median(values), None) if values else (None, f"no {column}")


def threads(a, work, env):
    """The same job on one thread and on two, in turn."""
    print("\n### One thread and two\n")
    print("| job | one thread | two threads | ratio |")
    print("| --- | --- | --- | --- |")
    peaks = [fma_peak(a.peers, n) for n in (1, 2)]
    if all(peaks):
        print(f"| multiply-adds in registers, GFLOP/s | {peaks[0]:.0f} | {peaks[1]:.0f} | {peaks[1] / peaks[0]:.2f} |")
    cases = [("product of 1024, GFLOP/s", ["g1.mdl", "1024"], "1024", True)]
    if a.peers:
        cases += [(f"{name.upper()}, ms a step", [name + ".mdl", work], "step_ms", False) for name in ("c1", "t1", "b1", "s4")]
    for title, arguments, column, is_rate in cases:
        figures = []
        for count in (1, 2):
            command = [a.mdl, "--threads", str(count), os.path.join(HERE, "jobs", arguments[0]), *arguments[1:]]
            value, trouble = median_figure(command, env, column, a.rounds)
            if value is None:
                print(f"| {title} | left out: {trouble} | | |")
                break
            figures.append(value)
        else:
            ratio = figures[1] / figures[0] if is_rate else figures[0] / figures[1]
            print(f"| {title} | {figures[0]:.4g} | {figures[1]:.4g} | {ratio:.2f} |", flush=True)


def growth(a, work, env):
    """A dense network of `layers` layers of 256 units, `rows` rows, batches of `batch`: one of the three grows."""
    print("\n### Growth: dense layers of 256 units, Adam\n")
    print("| layers | batch | rows | ms a step | ms an epoch |")
    print("| --- | --- | --- | --- | --- |")
    cases = [(4, batch, 8192) for batch in (64, 128, 256, 512, 1024)]
    cases += [(layers, 256, 8192) for layers in (1, 2, 4, 8, 16, 32)]
    cases += [(4, 256, rows) for rows in (4096, 16384, 65536)]
    for layers, batch, rows in cases:
        command = [a.mdl, os.path.join(HERE, "jobs", "growth.mdl"), str(layers), str(batch), str(rows)]
        figures, trouble = run(command, env)
        if figures is None:
            print(f"| {layers} | {batch} | {rows} | left out: {trouble} | |")
        else:
            print(f"| {layers} | {batch} | {rows} | {figures['step_ms']:.4g} | {figures['epoch_ms']:.4g} |", flush=True)
