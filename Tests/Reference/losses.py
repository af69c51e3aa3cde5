"""Losses: values and gradients by PyTorch's automatic differentiation."""
import numpy as np
import torch
import torch.nn.functional as F

from tables import literal


def add_cases(table):
    a, b = table.numbers(4, 3), table.numbers(4, 3)
    soft = table.numbers(4, 3, low=0.125, high=1.0)
    soft[1, 2] = 0.0
    ids = np.array([0, 2, 1, 2])
    chosen = torch.tensor(ids)
    weights = np.array([0.5, 2.0, 1.25])
    w = torch.tensor(weights)
    yes = np.array([[1, 0, 1], [0, 0, 1], [1, 1, 0], [0, 1, 0]])
    target = torch.tensor(yes, dtype=torch.float64)
    signs = 2 * target - 1
    rows = np.array([1.0, 0.5, 0.0, 2.0])
    r = torch.tensor(rows)
    i, y, cw, rw = literal(ids), literal(yes), literal(weights), literal(rows)

    def normal(q):
        return q / q.sum(-1, keepdim=True)

    def weighted(costs, weight):
        return (costs * weight).sum() / weight.sum()

    pair = [a, b]
    table.gradients("mse", "((p, y)) -> mse(p, y)", pair, F.mse_loss)
    table.gradients("mse weighted", f"((p, y)) -> mse(p, y, weight: {rw})", pair,
                    lambda p, y: weighted(((p - y) ** 2).mean(1), r))
    table.gradients("mae", "((p, y)) -> mae(p, y)", pair, F.l1_loss)
    table.gradients("huber", "((p, y)) -> huber(p, y, delta: 0.75)", pair,
                    lambda p, y: F.huber_loss(p, y, delta=0.75))
    table.gradients("log_cosh", "((p, y)) -> log_cosh(p, y)", pair, lambda p, y: torch.log(torch.cosh(p - y)).mean())
    table.gradients("pinball", "((p, y)) -> pinball(p, y, part: 0.25)", pair,
                    lambda p, y: torch.maximum(0.25 * (y - p), 0.75 * (p - y)).mean())
    table.gradients("poisson_nll", f"z -> poisson_nll(z, {y})", [a], lambda z: F.poisson_nll_loss(z, target))
    table.gradients("poisson_nll rate", f"z -> poisson_nll(z, {y}, log_rate: false)", [np.abs(a) + 0.125],
                    lambda z: F.poisson_nll_loss(z, target, log_input=False))
    table.gradients("gaussian_nll", "((p, y, v)) -> gaussian_nll(p, y, v)", [a, b, np.abs(a) + 0.25],
                    lambda p, y, v: F.gaussian_nll_loss(p, y, v))

    table.gradients("cross_entropy", f"z -> cross_entropy(z, {i})", [a], lambda z: F.cross_entropy(z, chosen))
    table.gradients("cross_entropy smoothing", f"z -> cross_entropy(z, {i}, smoothing: 0.125)", [a],
                    lambda z: F.cross_entropy(z, chosen, label_smoothing=0.125))
    table.gradients("cross_entropy class weights", f"z -> cross_entropy(z, {i}, class_weight: {cw})", [a],
                    lambda z: F.cross_entropy(z, chosen, weight=w))
    table.gradients("cross_entropy class weights smoothing",
                    f"z -> cross_entropy(z, {i}, class_weight: {cw}, smoothing: 0.125)", [a],
                    lambda z: F.cross_entropy(z, chosen, weight=w, label_smoothing=0.125))
    table.gradients("cross_entropy ignore", f"z -> cross_entropy(z, {i}, ignore: 2)", [a],
                    lambda z: F.cross_entropy(z, chosen, ignore_index=2))
    table.gradients("cross_entropy sample weights", f"z -> cross_entropy(z, {i}, weight: {rw})", [a],
                    lambda z: weighted(F.cross_entropy(z, chosen, reduction="none"), r))
    table.gradients("cross_entropy soft", "((z, q)) -> cross_entropy(z, q / sum(q, axis: 1, keep: true))", [a, soft],
                    lambda z, q: F.cross_entropy(z, normal(q)))
    table.gradients("cross_entropy soft smoothing",
                    "((z, q)) -> cross_entropy(z, q / sum(q, axis: 1, keep: true), smoothing: 0.25)", [a, soft],
                    lambda z, q: F.cross_entropy(z, normal(q), label_smoothing=0.25))
    sequence = table.numbers(2, 3, 4)
    next_ids = np.array([[1, 3, 0], [2, 0, 0]])
    table.gradients("cross_entropy sequence", f"z -> cross_entropy(z, {literal(next_ids)}, ignore: 0)", [sequence],
                    lambda z: F.cross_entropy(z.transpose(1, 2), torch.tensor(next_ids), ignore_index=0))
    table.gradients("kl", "z -> kl(z, softmax(z * 0.5 + 0.25))", [a],
                    lambda z: F.kl_div(F.log_softmax(z, -1), F.softmax(z * 0.5 + 0.25, -1), reduction="batchmean"))

    table.gradients("binary_cross_entropy", f"z -> binary_cross_entropy(z, {y})", [a],
                    lambda z: F.binary_cross_entropy_with_logits(z, target))
    table.gradients("binary_cross_entropy positive weight",
                    f"z -> binary_cross_entropy(z, {y}, positive_weight: 2.5)", [a],
                    lambda z: F.binary_cross_entropy_with_logits(z, target, pos_weight=torch.tensor(2.5)))
    table.gradients("binary_cross_entropy weight", f"z -> binary_cross_entropy(z, {y}, weight: {rw})", [a],
                    lambda z: weighted(F.binary_cross_entropy_with_logits(z, target, reduction="none").mean(1), r))

    def binary_focal(z):
        p = torch.sigmoid(z)
        cost = F.binary_cross_entropy_with_logits(z, target, reduction="none")
        alpha = 0.25 * target + 0.75 * (1 - target)
        return (alpha * (1 - (p * target + (1 - p) * (1 - target))) ** 2 * cost).mean()

    def class_focal(z):
        log_p = F.log_softmax(z, -1).gather(1, chosen[:, None])[:, 0]
        return (-(1 - log_p.exp()) ** 1.5 * log_p).mean()

    table.gradients("focal binary", f"z -> binary_focal(z, {y}, alpha: 0.25)", [a], binary_focal)
    table.gradients("focal classes", f"z -> focal(z, {i}, gamma: 1.5)", [a], class_focal)
    table.gradients("hinge", f"s -> hinge(s, {y})", [a], lambda s: F.relu(1 - signs * s).mean())
    table.gradients("squared_hinge", f"s -> squared_hinge(s, {y})", [a], lambda s: (F.relu(1 - signs * s) ** 2).mean())
    table.gradients("multi_margin", f"s -> multi_margin(s, {i})", [a], lambda s: F.multi_margin_loss(s, chosen))
    table.gradients("multi_margin square", f"s -> multi_margin(s, {i}, margin: 0.5, power: 2)", [a],
                    lambda s: F.multi_margin_loss(s, chosen, p=2, margin=0.5))

    c = table.numbers(4, 3)
    table.gradients("triplet", "((a, p, n)) -> triplet(a, p, n)", [a, b, c], F.triplet_margin_loss)
    table.gradients("triplet margin", "((a, p, n)) -> triplet(a, p, n, margin: 2.5)", [a, b, c],
                    lambda x, p, n: F.triplet_margin_loss(x, p, n, margin=2.5))
    same = np.array([1, 0, 0, 1])
    t = torch.tensor(same, dtype=torch.float64)

    def contrastive(x, z):
        d = torch.linalg.vector_norm(x - z, dim=1)
        return (t * d ** 2 / 2 + (1 - t) * F.relu(3 - d) ** 2 / 2).mean()

    table.gradients("contrastive", f"((a, b)) -> contrastive(a, b, {literal(same)}, margin: 3)", pair, contrastive)
    table.gradients("cosine_distance", "((a, b)) -> cosine_distance(a, b)", pair,
                    lambda x, z: 1 - F.cosine_similarity(x, z, dim=-1).mean())
    table.gradients("cosine_embedding", f"((a, b)) -> cosine_embedding(a, b, {literal(same)}, margin: 0.125)", pair,
                    lambda x, z: F.cosine_embedding_loss(x, z, 2 * t - 1, margin=0.125))
