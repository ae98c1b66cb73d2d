#!/usr/bin/env python3
# Run: python3 Tools/peers/classifier_fixtures.py   (writes Tests/Fixtures/classifiers/*.json)
"""What scikit-learn answers by ridge regression, linear discriminants, support vectors and regression by these, for Akin's tests.

  labels, embeddings, queries   classes of different sizes; `wide` has fewer examples than dimensions, `tall` more
  penalty, ridge                Ridge with weights of 1 / (classes * examples of the class): a value for each query and class
  discriminant                  Mahalanobis distances by the covariance of LedoitWolf about the class means; that
                                LinearDiscriminantAnalysis with it gives the same classes is checked here
  linear, polynomial, radial    SVC's decision function (one value a class), cost 10, weights "balanced"
  quadratic                     the same of the polynomial kernel of degree 2
  regression                    SVR(gamma="auto") on the class' number, by kernel: its values, and its score on the queries
                                as if these were of the classes in turn
"""

import json
import pathlib

import numpy
import sklearn
from sklearn.covariance import LedoitWolf
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import Ridge
from sklearn.svm import SVC, SVR

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests/Fixtures/classifiers"
PENALTY, COST = 0.05, 10
KERNELS = {"linear": "linear", "polynomial": "poly", "radial": "rbf"}


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


def support_vectors(kernel, x, y, queries, degree=3):
    scale = 1 / (2 * ((x - x.mean(0)) ** 2).sum(1).mean())
    machine = SVC(kernel=KERNELS[kernel], C=COST, gamma=1, coef0=1, degree=degree, class_weight="balanced", tol=1e-3)
    machine.fit((x - x.mean(0)) * scale**0.5, y)
    return machine.decision_function((queries - x.mean(0)) * scale**0.5)


def regression(kernel, x, y, queries):
    machine = SVR(kernel=KERNELS[kernel], gamma="auto").fit(x, y)
    turns = numpy.arange(len(queries)) % (y.max() + 1)
    return {"values": machine.predict(queries).round(6).tolist(), "score": round(machine.score(queries, turns), 6)}


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
    for kernel in KERNELS:
        document[kernel] = support_vectors(kernel, *problem).round(6).tolist()
    document["quadratic"] = support_vectors("polynomial", *problem, degree=2).round(6).tolist()
    document["regression"] = {kernel: regression(kernel, *problem) for kernel in KERNELS}
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps(document) + "\n")


if __name__ == "__main__":
    case("wide", [5, 2, 1, 4], 20, 1)
    case("tall", [20, 8, 3, 14], 6, 2)
