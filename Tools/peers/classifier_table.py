#!/usr/bin/env python3
# Run with scikit-learn, after `swift build -c release`, in the repository's folder:
# python3 Tools/peers/classifier_table.py INDEX QUESTIONS [INDEX QUESTIONS ...] [--without support-vectors]
"""Akin's classifiers beside scikit-learn's on the same embeddings: the rows of the thesis' table 5.10, and others.

INDEX and QUESTIONS are indexes of the same backbone (metric l2 or cosine): the items of the second are answered by those of the
first. Both are exported as NumPy files for scikit-learn; Akin is asked by `akin evaluate classifiers`. Printed is a Markdown table for each
pair: accuracy, seconds to fit and seconds to answer, of both; "alike" where both must find the same but for rounding, and their
accuracies are no more than 0.3 points apart. A forest is drawn: there the accuracies may differ by chance.

Both use all cores, but scikit-learn's support vectors and discriminants, which use one. For times, on an idle machine.
"""

import argparse
import csv
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

import numpy
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import RidgeClassifier
from sklearn.metrics import pairwise_distances_chunked
from sklearn.neighbors import KNeighborsClassifier, NearestCentroid
from sklearn.svm import SVC

AKIN = ".build/release/akin"
CORES = os.cpu_count()
TOLERANCE = 0.003


def akin(*arguments):
    return subprocess.run([AKIN, *map(str, arguments)], check=True, stdout=subprocess.PIPE, text=True).stdout


def exported(index, folder, name):
    akin("index", "export", index, folder / f"{name}.npy", folder / f"{name}.csv")
    with open(folder / f"{name}.csv", newline="") as file:
        labels = numpy.array([row["label"] for row in csv.DictReader(file)])
    return numpy.load(folder / f"{name}.npy"), labels


class AverageDistance:
    """The class whose items lie nearest on average; scikit-learn has its distances."""

    def __init__(self, metric):
        self.metric = metric

    def fit(self, x, y):
        self.x, self.names = x, numpy.unique(y)
        self.members = numpy.stack([(y == name) / (y == name).sum() for name in self.names], 1).astype(numpy.float32)
        return self

    def predict(self, queries):
        chunks = pairwise_distances_chunked(queries, self.x, metric=self.metric, n_jobs=CORES)
        return numpy.concatenate([self.names[(chunk.astype(numpy.float32) @ self.members).argmin(1)] for chunk in chunks])


class Scaled:
    """Support vectors about the mean and by the variance of the examples, as Akin takes them."""

    def __init__(self, kernel, degree=3):
        self.machine = SVC(kernel=kernel, C=10, gamma=1, coef0=1, degree=degree, class_weight="balanced")

    def fit(self, x, y):
        x = x.astype(float)
        self.mean = x.mean(0)
        self.scale = (1 / (2 * ((x - self.mean) ** 2).sum(1).mean())) ** 0.5
        self.machine.fit((x - self.mean) * self.scale, y)
        return self

    def predict(self, queries):
        return self.machine.predict((queries.astype(float) - self.mean) * self.scale)


def rows(metric):
    """By Akin's name: what scikit-learn has for it, and whether both must find the same."""
    euclidean = "euclidean" if metric == "l2" else metric
    found = {"average-class-distance": (AverageDistance(euclidean), True)}
    for kernel, name in [("linear", "linear"), ("polynomial", "poly"), ("radial", "rbf")]:
        found[f"support-vectors:{kernel}"] = (Scaled(name), True)
    for k in (1, 5, 15, 25):
        found[f"nearest-neighbours:{k}"] = (KNeighborsClassifier(k, metric=euclidean, n_jobs=CORES), True)
    for trees in (25, 50, 75, 100):
        forest = RandomForestClassifier(trees, class_weight="balanced", n_jobs=CORES, random_state=1)
        found[f"random-forest:{trees}"] = (forest, False)
    found["class-mean"] = (NearestCentroid(metric="euclidean"), metric == "l2")
    found["ridge"] = (RidgeClassifier(class_weight="balanced"), False)
    return found


def directions(x):
    lengths = numpy.linalg.norm(x, axis=1, keepdims=True)
    return x / numpy.where(lengths > 0, lengths, 1)


def table(index, questions, options, folder):
    (x, y), (queries, truth) = exported(index, folder, "known"), exported(questions, folder, "asked")
    both = numpy.unique(numpy.concatenate([y, truth]), return_inverse=True)[1]
    y, truth = both[:len(y)], both[len(y):]
    metric = json.loads(akin("index", "stats", index, "--json"))["metric"]
    if metric == "cosine":
        x, queries = directions(x), directions(queries)
    chosen = {
        name: row for name, row in rows(metric).items()
        if (not options.only or name.split(":")[0] in options.only) and name.split(":")[0] not in options.without
    }
    asked = [argument for name in chosen for argument in ("--classifier", name)]
    report = json.loads(akin("evaluate", "classifiers", index, questions, "--keep-copies", "--json", *asked))
    print(f"\n{len(x):,} x {x.shape[1]} ({index}), {len(queries):,} asked, metric {metric}\n")
    print("| classifier | Akin, % | scikit-learn, % | | fit, s | its | answer, s | its |\n|---|---|---|---|---|---|---|---|")
    for (name, (peer, must)), own in zip(chosen.items(), report["classifiers"]):
        began = time.perf_counter()
        peer.fit(x, y)
        fitted = time.perf_counter()
        accuracy = (peer.predict(queries) == truth).mean()
        answered = time.perf_counter()
        alike = ("alike" if abs(accuracy - own["accuracy"]) <= TOLERANCE else "**apart**") if must else ""
        print(
            f"| `{name}` | {100 * own['accuracy']:.2f} | {100 * accuracy:.2f} | {alike} | {own['fit_seconds']:.3f} "
            f"| {fitted - began:.3f} | {own['answer_seconds']:.3f} | {answered - fitted:.3f} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("indexes", nargs="+", metavar="INDEX QUESTIONS")
    parser.add_argument("--only", nargs="+", default=[], metavar="CLASSIFIER")
    parser.add_argument("--without", nargs="+", default=[], metavar="CLASSIFIER")
    arguments = parser.parse_args()
    if len(arguments.indexes) % 2:
        parser.error("give an index with questions for each")
    with tempfile.TemporaryDirectory() as name:
        for one, other in zip(arguments.indexes[::2], arguments.indexes[1::2]):
            table(one, other, arguments, Path(name))
