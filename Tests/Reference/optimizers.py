"""Optimizers: the parameter after some steps, by torch.optim in double precision."""
import numpy as np
import torch

from tables import digits, literal


def add_cases(table):
    start = np.array([[1.0, -2.0], [0.5, 3.0]])
    slope = np.array([[1.0, 0.5], [2.0, 0.125]])

    def case(name, code, make, steps=7):
        p = torch.tensor(start, requires_grad=True)
        optimizer = make([p])
        for _ in range(steps):
            optimizer.zero_grad()
            ((torch.tensor(slope) * p ** 2).sum() + 0.25 * p.sum()).backward()
            optimizer.step()
        table.add(f'check_optimizer("{name}", {code}, {literal(start)}, {literal(slope)}, {steps},\n  "{digits(p)}")')

    optim = torch.optim
    case("gradient_descent", "gradient_descent(0.125)", lambda p: optim.SGD(p, lr=0.125))
    case("gradient_descent decay", "gradient_descent(0.125, decay: 0.25)",
         lambda p: optim.SGD(p, lr=0.125, weight_decay=0.25))
    case("momentum", "momentum(0.0625, beta: 0.75)", lambda p: optim.SGD(p, lr=0.0625, momentum=0.75))
    case("momentum decay", "momentum(0.0625, decay: 0.25)",
         lambda p: optim.SGD(p, lr=0.0625, momentum=0.9, weight_decay=0.25))
    case("nesterov", "nesterov(0.0625)", lambda p: optim.SGD(p, lr=0.0625, momentum=0.9, nesterov=True))
    case("nesterov decay", "nesterov(0.0625, decay: 0.25)",
         lambda p: optim.SGD(p, lr=0.0625, momentum=0.9, nesterov=True, weight_decay=0.25))
    case("adagrad", "adagrad(0.25)", lambda p: optim.Adagrad(p, lr=0.25))
    case("adagrad decay", "adagrad(0.25, decay: 0.25)", lambda p: optim.Adagrad(p, lr=0.25, weight_decay=0.25))
    case("rmsprop", "rmsprop(0.125)", lambda p: optim.RMSprop(p, lr=0.125))
    case("rmsprop beta", "rmsprop(0.125, beta: 0.5, decay: 0.25)",
         lambda p: optim.RMSprop(p, lr=0.125, alpha=0.5, weight_decay=0.25))
    case("adam", "adam(0.125)", lambda p: optim.Adam(p, lr=0.125))
    case("adam betas", "adam(0.125, beta1: 0.5, beta2: 0.75, epsilon: 0.5, decay: 0.25)",
         lambda p: optim.Adam(p, lr=0.125, betas=(0.5, 0.75), eps=0.5, weight_decay=0.25))
    case("adamw", "adamw(0.125, decay: 0.25)", lambda p: optim.AdamW(p, lr=0.125, weight_decay=0.25))
