#!/usr/bin/env python3
# Run with PyTorch 2.13, scikit-learn, scikit-image and Pillow (as strangers.py, whose sets it takes):
# python3 Tools/peers/open_set.py --results FOLDER [--sets mahjong homus] [--shots 1 3 5] [--draws 5] [--unknown-at 0.05]
"""Whether what `akin index calibrate` promises holds: half of the classes of a set are indexed with 1, 3 or 5 pictures each, the
others are strangers.

Drawn sets are embedded by `shapes`, photographs by `efficientnet-lite0` (which the user has fetched), once; each drawing is then an
index of imported vectors. Asked are at most 600 pictures of the indexed classes and as many of the others. Said of each number of
shots, in the mean over sets and drawings:

* the area under the ROC curve of the nearest neighbour's distance, and the share of strangers nearer than 95 % of the indexed
  classes' pictures;
* how many strangers are called known (or ambiguous), beside the promise; in how many runs that lies in the interval that was
  announced;
* of the pictures of indexed classes how many are not called unknown, how many of all are right, of those;
* the expected calibration error of the confidence of pictures of indexed classes (ten bins), in the mean of the runs and of all
  runs together, and what a perfectly calibrated one would have of so few pictures.

Each run's line is kept in `open-set.jsonl` in the folder `--results`; what is there already is not measured again.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

import strangers

DRAWN = {"omniglot", "homus", "mnist", "mathsym", "signatures", "kazakh_letters", "mahjong", "fashion-mnist"}
ASKED = 600
BINS = 10


def akin(arguments, *command):
    outcome = subprocess.run([arguments.akin, *map(str, command)], capture_output=True, text=True)
    if outcome.returncode != 0:
        sys.exit(f"akin {' '.join(map(str, command))}: {outcome.stderr}")
    return outcome.stdout


def embedded(arguments, collection, backbone=None):
    """The labels and the vectors of a set, by the backbone that suits it unless one is said."""
    backbone = backbone or ("shapes" if collection.name in DRAWN else "efficientnet-lite0")
    place = Path(arguments.results) / f"{collection.name}.{backbone}"
    vectors, items = place.with_name(place.name + ".npy"), place.with_name(place.name + ".csv")
    if not vectors.exists():
        with tempfile.TemporaryDirectory() as folder:
            for row, label in enumerate(collection.labels):
                file = Path(folder) / "pictures" / label / f"{row:05}-{collection.files[row]}"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(collection.read(row))
            akin(arguments, "index", "create", f"{folder}/index", "--backbone", backbone)
            akin(arguments, "index", "add", f"{folder}/index", f"{folder}/pictures")
            akin(arguments, "index", "export", f"{folder}/index", vectors, items)
    with open(items) as file:
        labels = np.array([line["label"] for line in csv.DictReader(file)])
    return labels, np.load(vectors).astype(np.float32)


def run(arguments, labels, vectors, shots, draw):
    generator = np.random.default_rng([3, shots, draw])
    classes = generator.permutation(np.unique(labels))
    own = [one for one in classes[:(len(classes) + 1) // 2] if (labels == one).sum() >= shots + 3]
    if len(own) < 3:
        return None
    shown, asked = [], []
    for one in own:
        order = generator.permutation(np.flatnonzero(labels == one))
        shown.append(order[:shots])
        asked.append(order[shots:])
    shown = np.concatenate(shown)
    asked = generator.permutation(np.concatenate(asked))[:ASKED]
    others = generator.permutation(np.flatnonzero(np.isin(labels, classes[(len(classes) + 1) // 2:])))[:ASKED]
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/shown.npy", vectors[shown])
        Path(f"{folder}/shown.csv").write_text("label\n" + "\n".join(labels[shown]) + "\n")
        akin(arguments, "index", "import", f"{folder}/index", f"{folder}/shown.npy", f"{folder}/shown.csv",
             "--metric", "cosine", "--backbone-name", "b")
        told = json.loads(akin(arguments, "index", "calibrate", f"{folder}/index", "--unknown-at", arguments.unknown_at, "--json"))
        answers = []
        for rows in (asked, others):
            np.save(f"{folder}/asked.npy", vectors[rows])
            text = akin(arguments, "query", f"{folder}/index", "--vectors", f"{folder}/asked.npy", "--json")
            answers.append([json.loads(line) for line in text.splitlines()])
    known = [np.array([answer["verdict"] != "unknown" for answer in part]) for part in answers]
    near = [np.array([answer["neighbours"][0]["distance"] for answer in part]) for part in answers]
    right = np.array([answer["label"] == labels[row] for answer, row in zip(answers[0], asked)])
    return {
        "classes": len(own), "classifier": told["classifier"]["name"], "interval": told["interval"],
        "own_known": told["own_known"], "strangers_known": float(known[1].mean()),
        "coverage": float(known[0].mean()), "accuracy": float(right.mean()),
        "accuracy_covered": float(right[known[0]].mean()) if known[0].any() else None,
        "auroc": roc_auc_score(np.repeat([0, 1], [len(near[0]), len(near[1])]), np.concatenate(near)),
        "fpr95": float((near[1] <= np.quantile(near[0], 0.95)).mean()),
        "confidence": [round(answer["confidence"], 4) for answer in answers[0]], "right": right.astype(int).tolist(),
    }


def calibration_error(confidence, right):
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return sum(abs((confidence[bins == one] - right[bins == one]).sum()) for one in range(BINS)) / len(right)


def tables(lines, share):
    print("| pictures a class | runs | AUROC | FPR at 95 % | strangers known (promised "
          f"{100 * share:.0f}) | within the interval | own known | as told | right of all | right of those | ECE a run | of perfect | ECE of all |")
    print("|" + "---|" * 13)
    for shots in sorted({line["shots"] for line in lines}):
        part = [line for line in lines if line["shots"] == shots]
        known = lambda key: [line[key] for line in part if line[key] is not None]
        mean = lambda key: np.mean(known(key)) if known(key) else float("nan")
        held = np.mean([line["interval"]["low"] <= line["strangers_known"] <= line["interval"]["high"] for line in part])
        said = [(np.array(line["confidence"]), np.array(line["right"])) for line in part]
        generator = np.random.default_rng(4)
        errors = np.mean([calibration_error(*one) for one in said])
        perfect = np.mean([calibration_error(one, generator.random(len(one)) < one) for one, _ in said])
        together = calibration_error(np.concatenate([one for one, _ in said]), np.concatenate([one for _, one in said]))
        print(f"| {shots} | {len(part)} | {100 * mean('auroc'):.1f} | {100 * mean('fpr95'):.1f} | {100 * mean('strangers_known'):.1f} | "
              f"{100 * held:.0f} % | {100 * mean('coverage'):.1f} | {100 * mean('own_known'):.1f} | {100 * mean('accuracy'):.1f} | "
              f"{100 * mean('accuracy_covered'):.1f} | {100 * errors:.1f} | {100 * perfect:.1f} | {100 * together:.1f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--akin", default=str(strangers.published.AKIN), metavar="PROGRAM")
    parser.add_argument("--data", default=str(strangers.published.ROOT / "../shared/data"), metavar="FOLDER")
    parser.add_argument("--results", required=True, metavar="FOLDER")
    parser.add_argument("--sets", nargs="+", metavar="NAME")
    parser.add_argument("--shots", nargs="+", type=int, default=[1, 3, 5])
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--unknown-at", type=float, default=0.05)
    arguments = parser.parse_args()
    Path(arguments.results).mkdir(parents=True, exist_ok=True)
    file = Path(arguments.results) / "open-set.jsonl"
    lines = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    same = lambda line: line["unknown_at"] == arguments.unknown_at
    done = {(line["set"], line["shots"], line["draw"]) for line in lines if same(line)}
    for collection in strangers.read(arguments.sets, Path(arguments.data)):
        labels = vectors = None
        for shots in arguments.shots:
            for draw in range(arguments.draws):
                if (collection.name, shots, draw) in done:
                    continue
                if labels is None:
                    labels, vectors = embedded(arguments, collection)
                found = run(arguments, labels, vectors, shots, draw)
                if found is None:
                    continue
                line = {"set": collection.name, "shots": shots, "draw": draw, "unknown_at": arguments.unknown_at, **found}
                with open(file, "a") as output:
                    output.write(json.dumps(line) + "\n")
                lines.append(line)
                print(collection.name, shots, draw, f"{line['strangers_known']:.3f}", line["interval"], file=sys.stderr)
    tables([line for line in lines if same(line)], arguments.unknown_at)


if __name__ == "__main__":
    main()
