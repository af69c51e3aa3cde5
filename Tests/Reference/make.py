"""Makes Tests/Spec/reference/*.mdl: `python make.py [TOPIC...]` where torch and scikit-learn are installed.

To add a topic, write TOPIC.py with `add_cases(table)` beside this file and name it below. A case is `table.values(name,
code, inputs, result)`, or `table.gradients(name, code, inputs, function)`, which differentiates `function` (of double
precision tensors) with respect to each input. The tables are committed; the tests need neither library.
"""
import importlib
import pathlib
import sys

import sklearn
import torch

from tables import Table

pytorch = f"PyTorch {torch.__version__.split('+')[0]}"
TOPICS = {
    "layers": pytorch,
    "losses": pytorch,
    "procedures": f"scikit-learn {sklearn.__version__}",
    "optimizers": pytorch,
    "schedules": pytorch,
    "metrics": f"scikit-learn {sklearn.__version__}",
    "images": pytorch,
    "text": f"scikit-learn {sklearn.__version__}",
}

if __name__ == "__main__":
    folder = pathlib.Path(__file__).resolve().parent.parent / "Spec" / "reference"
    for topic in sys.argv[1:] or TOPICS:
        table = Table(topic, TOPICS[topic])
        importlib.import_module(topic).add_cases(table)
        table.write(folder)
