#!/usr/bin/env python3
# Run: python3 Tools/peers/ranking_fixtures.py   (writes Tests/Fixtures/ranking/scikit-learn.json)
"""What scikit-learn says of distances that tell items of one class from others, for Akin's tests: the area under the ROC
curve, and for each row the average precision. Distances are multiples of 1/8; those of a row differ, those of `same` and
`different` are often equal."""

import json
import pathlib

import numpy
import sklearn
from sklearn.metrics import average_precision_score, roc_auc_score

generator = numpy.random.default_rng(18)
rows = []
for size, relevant in [(5, 1), (12, 4), (40, 7), (200, 60), (500, 3)]:
    distances = generator.permutation(4 * size)[:size] / 8
    is_relevant = numpy.zeros(size, bool)
    # The nearer ones are likelier to be of the class.
    is_relevant[numpy.argsort(distances + size / 6 * generator.random(size))[:relevant]] = True
    rows.append({
        "distances": distances.tolist(), "relevant": is_relevant.tolist(),
        "average_precision": average_precision_score(is_relevant, -distances),
    })
same, different = generator.integers(0, 60, 150) / 8, generator.integers(20, 90, 230) / 8
auroc = roc_auc_score(numpy.repeat([1, 0], [150, 230]), -numpy.concatenate([same, different]))
document = {"written_by": f"scikit-learn {sklearn.__version__}", "rows": rows,
            "pairs": {"same": same.tolist(), "different": different.tolist(), "auroc": auroc}}
path = pathlib.Path(__file__).parents[2] / "Tests/Fixtures/ranking/scikit-learn.json"
path.parent.mkdir(exist_ok=True)
path.write_text(json.dumps(document) + "\n")
