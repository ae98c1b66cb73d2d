#!/usr/bin/env python3
# Run: python3 Tools/peers/classifier_fixtures.py   (writes Tests/Fixtures/classifiers/*.json)
"""What scikit-learn answers by ridge regression, linear discriminants and support vectors, for Akin's tests.

  labels, embeddings, queries   classes of different sizes; `wide` has fewer examples than dimensions, `tall` more
  penalty, ridge                Ridge with weights of 1 / (classes * examples of the class): a value for each query and class
  discriminant                  Mahalanobis distances by the covariance of LedoitWolf about the class means; that
                                LinearDiscriminantAnalysis with it gives the same classes is checked here
  linear, polynomial, radial    SVC's decision function (one value a class), cost 10, weights "balanced"
"""

import json
import pathlib

import numpy
import sklearn
from sklearn.covariance import LedoitWolf
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import Ridge
from sklearn.svm import SVC

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests/Fixtures/classifiers"
PENALTY, COST = 0.05, 10


class Given:
    """An estimator of a covariance that is known."""

    def __init__(self, covariance):
        self.covariance_ = covariance

    def fit(self, _):
        return self

    def get_params(self, deep=True):
        return {"covariance": self.covariance_}


def ridge(x, y, queries):
    weights = 1 / (y.max() + 1) / numpy.bincount(y)[y]
    targets = numpy.eye(y.max() + 1)[y]
    return Ridge(alpha=PENALTY, solver="svd").fit(x, targets, sample_weight=weights).predict(queries)


def discriminant(x, y, queries):
    classes = y.max() + 1
    means = numpy.stack([x[y == c].mean(0) for c in range(classes)])
    covariance = LedoitWolf(assume_centered=True).fit(x - means[y]).covariance_ * len(x) / (len(x) - classes)
    differences = queries[:, None] - means
    distances = numpy.sqrt(numpy.einsum("qci,ij,qcj->qc", differences, numpy.linalg.inv(covariance), differences))
    peer = LinearDiscriminantAnalysis(
        solver="lsqr", covariance_estimator=Given(covariance), priors=numpy.full(classes, 1 / classes))
    assert (peer.fit(x, y).predict(queries) == distances.argmin(1)).all()
    return distances


def support_vectors(kernel, x, y, queries):
    scale = 1 / (2 * ((x - x.mean(0)) ** 2).sum(1).mean())
    names = {"linear": "linear", "polynomial": "poly", "radial": "rbf"}
    machine = SVC(kernel=names[kernel], C=COST, gamma=1, coef0=1, degree=3, class_weight="balanced", tol=1e-3)
    machine.fit((x - x.mean(0)) * scale**0.5, y)
    return machine.decision_function((queries - x.mean(0)) * scale**0.5)


def case(name, counts, dimension, seed):
    random = numpy.random.default_rng(seed)
    y = random.permutation(numpy.repeat(numpy.arange(len(counts)), counts))
    centres = random.normal(size=(len(counts), dimension))
    spread = random.uniform(0.2, 1.5, dimension)
    x = (centres[y] + spread * random.normal(size=(len(y), dimension))).astype(numpy.float32)
    asked = random.integers(len(counts), size=12)
    queries = (centres[asked] + spread * random.normal(size=(12, dimension))).astype(numpy.float32)
    problem = x.astype(float), y, queries.astype(float)
    document = {
        "writer": f"Tools/peers/classifier_fixtures.py, scikit-learn {sklearn.__version__}",
        "labels": [f"class {c}" for c in y], "dimension": dimension, "embeddings": x.ravel().tolist(),
        "queries": queries.ravel().tolist(), "penalty": PENALTY,
        "ridge": ridge(*problem).round(9).tolist(), "discriminant": discriminant(*problem).round(9).tolist(),
    }
    for kernel in ("linear", "polynomial", "radial"):
        document[kernel] = support_vectors(kernel, *problem).round(6).tolist()
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps(document) + "\n")


if __name__ == "__main__":
    case("wide", [5, 2, 1, 4], 20, 1)
    case("tall", [20, 8, 3, 14], 6, 2)
