#!/usr/bin/env python3
# Run with NumPy, after `swift build -c release`, in the repository's folder:
# python3 Tools/peers/few_shot_classifiers.py ../shared/data/photos/{gtsrb,mathsym}.zip [--shots 5] [--left-out FOLDER]
# python3 Tools/peers/few_shot_classifiers.py ../shared/data/homus/images.zip --unequal
"""Akin's classifiers on the shipped backbone's embeddings of strangers' pictures: so many a class are known, the rest is asked.

Of each set, every picture is embedded once (metric cosine); drawings of the known pictures are seeded, and up to 15 others of
each class are asked. `--left-out` says a folder of which each item is left out instead. `--unequal`: ten classes with 100 pictures
and ten with 2, in the order of their names and drawn at random, 100 others of each asked; right of the small and of the large ones.
Markdown; a few minutes on two cores.
"""

import argparse
import csv
import json
import subprocess
import tempfile
import zipfile
from pathlib import Path

import numpy

AKIN = ".build/release/akin"
BACKBONE = "Indexes/omniglot/omniglot.safetensors"
RULES = {
    "one neighbour": ["nearest-neighbours", "-k", "1"],
    "nearest class": ["nearest-class"],
    "average class distance": ["average-class-distance"],
    "class mean": ["class-mean"],
    "ridge": ["ridge"],
    "discriminant": ["discriminant"],
    "discriminant, Ledoit and Wolf": ["discriminant:ledoit-wolf"],
    "support vectors, radial": ["support-vectors"],
    "support vectors, linear": ["support-vectors", "--kernel", "linear"],
}


def akin(*arguments):
    return subprocess.run([AKIN, *map(str, arguments)], check=True, stdout=subprocess.PIPE, text=True).stdout


def index(pictures, folder):
    akin("index", "create", folder / "index", "--backbone", BACKBONE, "--metric", "cosine")
    akin("index", "add", folder / "index", pictures)
    return folder / "index"


def embedded(archive, folder):
    zipfile.ZipFile(archive).extractall(folder / "pictures")
    pictures = folder / "pictures"
    while len(inner := [path for path in pictures.iterdir() if path.is_dir()]) == 1:
        pictures = inner[0]
    akin("index", "export", index(pictures, folder), folder / "all.npy", folder / "all.csv")
    with open(folder / "all.csv", newline="") as file:
        return numpy.load(folder / "all.npy"), numpy.array([row["label"] for row in csv.DictReader(file)])


def drawing(vectors, labels, shots, seed, folder):
    random = numpy.random.default_rng(seed)
    known, asked = [], []
    for label in sorted(set(labels)):
        own = random.permutation(numpy.flatnonzero(labels == label))
        if len(own) >= shots + 5:
            known += list(own[:shots])
            asked += list(own[shots : shots + 15])
    return asking(vectors, labels, known, asked, folder, f"drawing-{seed}", [slice(None)])


def unequal(vectors, labels, drawn, seed, folder):
    random = numpy.random.default_rng([seed, 100])
    classes = sorted(set(labels))
    classes = list(random.permutation(classes))[:20] if drawn else classes[:20]
    known, asked = [], []
    for place, label in enumerate(classes):
        own, shots = random.permutation(numpy.flatnonzero(labels == label)), 100 if place < 10 else 2
        known += list(own[:shots])
        asked += list(own[shots : shots + 100])
    small = numpy.isin(labels[asked], classes[10:])
    return asking(vectors, labels, known, asked, folder, f"unequal-{drawn}-{seed}", [small, ~small])


def asking(vectors, labels, known, asked, folder, name, parts):
    """For each classifier the share of right answers among each part of the questions."""
    numpy.save(folder / "known.npy", vectors[known])
    numpy.save(folder / "asked.npy", vectors[asked])
    with open(folder / "known.csv", "w", newline="") as file:
        csv.writer(file).writerows([["label"], *([label] for label in labels[known])])
    place = folder / name
    akin("index", "import", place, folder / "known.npy", folder / "known.csv", "--metric", "cosine", "--backbone-name", "x")
    shares = {}
    for name, rule in RULES.items():
        lines = akin("query", place, "--vectors", folder / "asked.npy", "--json", "--classifier", *rule).splitlines()
        right = [json.loads(line)["label"] for line in lines] == labels[asked]
        shares[name] = [numpy.mean(right[part]) for part in parts]
    return shares


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", type=Path)
    parser.add_argument("--shots", type=int, default=5)
    parser.add_argument("--drawings", type=int, default=5)
    parser.add_argument("--left-out", type=Path)
    parser.add_argument("--unequal", action="store_true")
    options = parser.parse_args()
    columns = {}
    for archive in options.sets:
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            vectors, labels = embedded(archive, folder)
            seeds = range(options.drawings)
            runs = {archive.stem: [drawing(vectors, labels, options.shots, seed, folder) for seed in seeds]} if not options.unequal else {
                f"{archive.stem}, {order}": [unequal(vectors, labels, order == "drawn", seed, folder) for seed in seeds]
                for order in ("by name", "drawn")}
            for column, of in runs.items():
                columns[column] = {
                    name: " and ".join(f"{100 * part:.1f}" for part in numpy.mean([run[name] for run in of], axis=0))
                    for name in RULES}
    if options.left_out:
        with tempfile.TemporaryDirectory() as folder:
            place = index(options.left_out, Path(folder))
            columns[options.left_out.name] = {
                name: "{errors} of {items}".format(
                    **json.loads(akin("evaluate", "leave-one-out", place, "--json", "--classifier", *rule)))
                for name, rule in RULES.items()}
    print("| classifier |", " | ".join(columns), "|")
    print("|---" * (len(columns) + 1) + "|")
    for name in RULES:
        print(f"| {name} |", " | ".join(column[name] for column in columns.values()), "|")
