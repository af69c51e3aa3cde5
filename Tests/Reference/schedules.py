"""Schedules: the rate of each step, by torch.optim.lr_scheduler.

PyTorch counts from 0: what it uses in its first step is the rate at 0. Here the first step is 1, and a cosine has
reached its end at the step `steps`, as PyTorch has after that many steps.
"""
import torch

from tables import digits


def add_cases(table):
    sched = torch.optim.lr_scheduler

    def rates(make, count):
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.5)
        schedule = make(optimizer)
        found = []
        for _ in range(count):
            found.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            schedule.step()
        return found

    def case(name, code, make, count=10, skip=0):
        table.add(f'check_schedule("{name}", {code},\n  "{digits(rates(make, count + skip)[skip:])}")')

    case("constant", "constant(0.5)", lambda o: sched.LambdaLR(o, lambda t: 1.0), 4)
    case("step_decay", "step_decay(0.5, every: 3, factor: 0.25)", lambda o: sched.StepLR(o, 3, gamma=0.25))
    case("exponential_decay", "exponential_decay(0.5, factor: 0.75)", lambda o: sched.ExponentialLR(o, 0.75))
    case("cosine", "cosine(0.5, steps: 8, final: 0.0625)",
         lambda o: sched.CosineAnnealingLR(o, 8, eta_min=0.0625), 8, skip=1)
    case("cosine warmup", "cosine(0.5, steps: 12, warmup: 4)",
         lambda o: sched.SequentialLR(o, [sched.LinearLR(o, 1e-12, 1.0, 4), sched.CosineAnnealingLR(o, 8)], [4]),
         10, skip=1)
    case("warm_restarts", "warm_restarts(0.5, period: 4, final: 0.0625)",
         lambda o: sched.CosineAnnealingWarmRestarts(o, 4, eta_min=0.0625), 12)
    case("warm_restarts growing", "warm_restarts(0.5, period: 3, growth: 2)",
         lambda o: sched.CosineAnnealingWarmRestarts(o, 3, T_mult=2), 24)
    case("warm_restarts growing thrice", "warm_restarts(0.5, period: 2, growth: 3)",
         lambda o: sched.CosineAnnealingWarmRestarts(o, 2, T_mult=3), 30)
