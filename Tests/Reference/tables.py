"""Writes tables of cases as spec files: the inputs, and what another library makes of them in double precision.

A topic is a function that is given a Table and adds cases to it. Inputs are multiples of 1/64, so that they are the
same numbers in single and in double precision. See make.py for how to add a topic.
"""
import os

import numpy as np
import torch


def exact(generator, *shape, low=-2.0, high=2.0):
    """Random multiples of 1/64."""
    return np.round(generator.uniform(low, high, shape) * 64) / 64


def literal(x):
    """An array as a literal of the language; floats keep a point, so that they make a tensor of floats."""
    x = np.asarray(x)
    if x.ndim == 0:
        return repr(bool(x)).lower() if x.dtype == bool else repr(x.item())
    return "[" + ", ".join(literal(row) for row in x) + "]"


def digits(x):
    """The numbers of an array in a row, with all their digits."""
    if isinstance(x, torch.Tensor):
        x = x.detach().numpy()
    words = {"inf": "infinity", "-inf": "-infinity"}
    return " ".join(words.get(repr(float(v)), repr(float(v))) for v in np.asarray(x, dtype=np.float64).ravel())


class Table:
    def __init__(self, topic, source):
        self.topic = topic
        self.source = source
        self.cases = []
        self.generator = np.random.default_rng(7)

    def numbers(self, *shape, low=-2.0, high=2.0):
        return exact(self.generator, *shape, low=low, high=high)

    def ids(self, classes, *shape):
        return self.generator.integers(0, classes, shape)

    def add(self, text):
        self.cases.append(text)

    def values(self, name, code, inputs, result, where=""):
        """A case without gradients. `code` is a function of the inputs; `result` an array, a number or a list of them."""
        parts = result if isinstance(result, (list, tuple)) else [result]
        expected = ",\n  ".join(f'"{digits(part)}"' for part in parts)
        self.add(f'check("{name}", {code}, {self.inputs(inputs)}, [\n  {expected}\n])')

    def gradients(self, name, code, inputs, function):
        """A case with the gradients of `function`, a function of tensors, with respect to each input."""
        tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in inputs]
        result = function(*tensors)
        slopes = torch.autograd.grad(result.sum(), tensors, allow_unused=True)
        expected = ",\n  ".join("\"\"" if slope is None else f'"{digits(slope)}"' for slope in slopes)
        self.add(
            f'check("{name}", {code}, {self.inputs(inputs)}, ["{digits(result)}"], gradients: [\n  {expected}\n])')

    @staticmethod
    def inputs(arrays):
        texts = [literal(np.asarray(x, dtype=np.float64)) for x in arrays]
        return texts[0] if len(texts) == 1 else "(\n  " + ",\n  ".join(texts) + "\n)"

    def write(self, folder):
        path = f"{folder}/{self.topic}.mdl"
        with open(path, "w") as file:
            file.write(f"## {self.topic} against {self.source}; written by Tests/Reference/make.py.\n")
            own = os.path.exists(f"{folder}/parts/check_{self.topic}.mdl")
            file.write(f'import "parts/check{"_" + self.topic if own else ""}.mdl"\n\n')
            for case in self.cases:
                file.write(case + "\n")
            file.write(f'print("{len(self.cases)} cases")  # expect: {len(self.cases)} cases\n')
        print(path, len(self.cases))
