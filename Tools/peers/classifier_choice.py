#!/usr/bin/env python3
# Run with what strangers.py needs, whose sets it takes, and the built `akin`:
# python3 Tools/peers/classifier_choice.py --results FOLDER [--sets mahjong homus] [--shots 1 5 20] [--draws 3]
"""How good each classifier is on strangers' pictures, and how near `auto` comes to the best.

Each set is embedded once by each backbone; a drawing shows so many pictures of a class and asks at most 600 others, drawn by class
(classes with fewer than 5 others are left out). `auto` is what `akin index calibrate` chooses by leaving out each of the pictures
that are shown. Right of 100, in the mean over sets and drawings, each backbone and number of shots by itself; `best` is the
classifier that is best in that mean, `own best` the mean of each run's own best, which nobody can know beforehand.

Each run's line is kept in `classifier-choice.jsonl` in the folder `--results`; what is there already is not measured again.
"""

import argparse
import json
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

import open_set
import strangers
from open_set import akin

BACKBONES = ["shapes", "hog", "efficientnet-lite0"]
RULES = {
    "one neighbour": ["nearest-neighbours", "-k", "1"],
    "nearest class": ["nearest-class"],
    "average class distance": ["average-class-distance"],
    "class mean": ["class-mean"],
    "ridge": ["ridge"],
    "discriminant": ["discriminant"],
    "support vectors": ["support-vectors"],
}
ASKED = 600


def run(arguments, labels, vectors, shots, draw):
    generator = np.random.default_rng([7, shots, draw])
    shown, asked = [], []
    for one in np.unique(labels):
        own = generator.permutation(np.flatnonzero(labels == one))
        if len(own) >= shots + 5:
            shown.append(own[:shots])
            asked.append(own[shots:])
    if len(shown) < 5:
        return None
    most = ASKED // len(asked) + 1
    shown = np.concatenate(shown)
    asked = np.concatenate([own[:most] for own in asked])
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/shown.npy", vectors[shown])
        np.save(f"{folder}/asked.npy", vectors[asked])
        Path(f"{folder}/shown.csv").write_text("label\n" + "\n".join(labels[shown]) + "\n")
        akin(arguments, "index", "import", f"{folder}/index", f"{folder}/shown.npy", f"{folder}/shown.csv",
             "--metric", "cosine", "--backbone-name", "b")

        def right(*rule):
            text = akin(arguments, "query", f"{folder}/index", "--vectors", f"{folder}/asked.npy", "--json", *rule)
            return float(np.mean([json.loads(line)["label"] for line in text.splitlines()] == labels[asked]))

        shares = {name: right("--classifier", *rule) for name, rule in RULES.items()}
        told = json.loads(akin(arguments, "index", "calibrate", f"{folder}/index", "--json"))
        return {"right": shares | {"auto": right()}, "auto": told["classifier"]["name"], "classes": len(np.unique(labels[shown]))}


def tables(lines):
    names = [*RULES, "auto"]
    print("| backbone | pictures a class | runs |", " | ".join(names), "| own best | auto took |")
    print("|---" * (len(names) + 5) + "|")
    for backbone in BACKBONES:
        for shots in sorted({line["shots"] for line in lines}):
            part = [line for line in lines if (line["backbone"], line["shots"]) == (backbone, shots)]
            if not part:
                continue
            table = 100 * np.array([[line["right"][name] for name in names] for line in part])
            took = Counter(line["auto"] for line in part).most_common(3)
            print(f"| {backbone} | {shots} | {len(part)} |", " | ".join(f"{mean:.1f}" for mean in table.mean(0)),
                  f"| {table[:, :-1].max(1).mean():.1f} |", ", ".join(f"{name} {count}" for name, count in took), "|")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--akin", default=str(strangers.published.AKIN), metavar="PROGRAM")
    parser.add_argument("--data", default=str(strangers.published.ROOT / "../shared/data"), metavar="FOLDER")
    parser.add_argument("--results", required=True, metavar="FOLDER")
    parser.add_argument("--sets", nargs="+", metavar="NAME")
    parser.add_argument("--shots", nargs="+", type=int, default=[1, 5, 20])
    parser.add_argument("--draws", type=int, default=3)
    arguments = parser.parse_args()
    Path(arguments.results).mkdir(parents=True, exist_ok=True)
    kept = Path(arguments.results) / "classifier-choice.jsonl"
    lines = [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []
    done = {(line["set"], line["backbone"], line["shots"], line["draw"]) for line in lines}
    for collection in strangers.read(arguments.sets, Path(arguments.data)):
        for backbone in BACKBONES:
            labels, vectors = open_set.embedded(arguments, collection, backbone)
            for shots in arguments.shots:
                for draw in range(arguments.draws):
                    key = (collection.name, backbone, shots, draw)
                    if key in done:
                        continue
                    outcome = run(arguments, labels, vectors, shots, draw)
                    if outcome is None:
                        continue
                    lines.append(dict(zip(("set", "backbone", "shots", "draw"), key)) | outcome)
                    with open(kept, "a") as file:
                        file.write(json.dumps(lines[-1]) + "\n")
        print(collection.name, flush=True)
    tables(lines)


if __name__ == "__main__":
    main()
