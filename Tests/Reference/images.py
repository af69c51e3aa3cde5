"""Changes of images: resize by torch.nn.functional.interpolate with antialias, rotate by grid_sample."""
import math

import torch
import torch.nn.functional as F


def rotated(x, degrees):
    angle, (h, w) = math.radians(degrees), x.shape[-2:]
    cos, sin = math.cos(angle), math.sin(angle)
    theta = torch.tensor([[[cos, -sin * h / w, 0], [sin * w / h, cos, 0]]], dtype=x.dtype).repeat(x.shape[0], 1, 1)
    grid = F.affine_grid(theta, x.shape, align_corners=False)
    return F.grid_sample(x, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def add_cases(table):
    for size in [(3, 3), (9, 4), (5, 7), (1, 1), (2, 11)]:
        table.gradients(
            f"resize {size}", f"x -> resize(x, {size}) ^ 2", [table.numbers(2, 3, 5, 7)],
            lambda x: F.interpolate(x, size=size, mode="bilinear", antialias=True, align_corners=False) ** 2)
    for degrees in [30, -77.5, 200]:
        table.gradients(
            f"rotate {degrees}", f"x -> rotate(x, {degrees}) ^ 2", [table.numbers(1, 2, 5, 4)],
            lambda x: rotated(x, degrees) ** 2)
