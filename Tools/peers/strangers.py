#!/usr/bin/env python3
# Run with PyTorch 2.13, scikit-learn, scikit-image and Pillow:
# python3 Tools/peers/strangers.py --packages FOLDER --results FOLDER [--part peers] [--sets mahjong homus] [--shots 1 5]
"""What the usual few lines of Python reach on folders that they were not made for, and what `akin learn` does with the same
pictures: of each class 1, 5 or 20 are shown, others are asked.

The sets are those of `../shared/data` (`--data`) and Debian's Fashion-MNIST; what is not there is passed over with a message.
Five drawings of each set at each number of shots; classes with fewer than 5 pictures besides the shots are left out, and sets
with fewer than 5 classes left. At most 1,000 pictures are asked, as many of each class; of larger sets 20 a class more take
part. A drawing's shots lie in each other: the one of 1 is among those of 5.

The peers: raw pixels (32 x 32 in colour) by the nearest picture and by ridge regression; histograms of oriented gradients by
scikit-image with scikit-learn's support vectors; MobileNetV2 and EfficientNet-Lite0 in PyTorch, as in `published.py`, with
scikit-learn's ridge regression. `--packages` names the folder of the packages with their weights.

Akin gets the shots as a folder with a sub-folder for each class: `akin learn` in 30 seconds (three drawings) and in its
default time (5 shots, one drawing), and `akin query` on the others. It uses the backbones that the user has fetched.

Each run's line is kept in the folder `--results` (`peers.jsonl`; Akin's in `NAME.jsonl` after `--name`), beside the peers'
embeddings; what is there already is not measured again. Tables of what is there, in Markdown, are printed at the end, or at
once with `--part tables`. The peers take about two hours on one core, Akin its time.
"""

import argparse
import gzip
import io
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.stats
import torch
from PIL import Image
from skimage.feature import hog
from sklearn.linear_model import RidgeClassifierCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer
from sklearn.svm import SVC

import published

SHOTS = [1, 5, 20]
ASKED = 1000
LEAST_ASKED = 5
LEAST_CLASSES = 5
DRAWINGS = 5
# Akin's time, at which numbers of shots, and how many of the drawings; none is its default.
TIMES = {"30s": (SHOTS, 3), "default": ([5], 1)}


# Sets and drawings


@dataclass
class Collection:
    """Labelled pictures; `read` gives the bytes of the file at a position."""

    name: str
    labels: np.ndarray
    files: np.ndarray
    read: Callable[[int], bytes]

    def limited(self):
        """As many of each class as any drawing needs of the largest."""
        classes = np.unique(self.labels)
        most = max(SHOTS) + ASKED // len(classes)
        chosen = np.sort(np.concatenate(
            [generator(0, number).permutation(np.flatnonzero(self.labels == label))[:most]
             for number, label in enumerate(classes)]))
        return Collection(self.name, self.labels[chosen], self.files[chosen], lambda row: self.read(chosen[row]))

    def drawing(self, shots, seed):
        """Positions of the pictures shown and of those asked; none where too few classes are left."""
        classes, counts = np.unique(self.labels, return_counts=True)
        left = counts >= shots + LEAST_ASKED
        if left.sum() < LEAST_CLASSES:
            return None
        shown, asked = [], []
        for number in np.flatnonzero(left):
            order = generator(1, seed, number).permutation(np.flatnonzero(self.labels == classes[number]))
            shown.append(order[:shots])
            asked.append(order[shots:][-(ASKED // left.sum()):])
        return np.concatenate(shown), np.concatenate(asked)


def generator(*seed):
    return np.random.default_rng(seed)


def zipped(name, path, wanted=lambda folder: True):
    """A class is a folder with pictures, named after it and those above it, but for those that are above all."""
    archive = zipfile.ZipFile(path)
    folders = {}
    for entry in sorted(archive.namelist()):
        folder, file = os.path.split(entry)
        if file.lower().endswith((".jpg", ".jpeg", ".png")) and wanted(folder):
            folders.setdefault(folder, []).append(file)
    above = os.path.commonpath(folders)
    entries = [(folder, file) for folder, files in folders.items() for file in files]
    return Collection(
        name, np.array([os.path.relpath(folder, above).replace(os.sep, "-") for folder, _ in entries]),
        np.array([file for _, file in entries]), lambda row: archive.read("/".join(entries[row])))


def omniglot(path):
    """Ten characters of each alphabet."""
    with zipfile.ZipFile(path) as archive:
        alphabets = {}
        for folder in sorted({os.path.dirname(entry) for entry in archive.namelist() if entry.endswith(".png")}):
            alphabets.setdefault(os.path.dirname(folder), []).append(folder)
    chosen = {folder for number, characters in enumerate(alphabets.values())
              for folder in generator(2, number).permutation(characters)[:10]}
    return zipped("omniglot", path, lambda folder: folder in chosen)


def idx(name, folder):
    """The files of the 10,000 pictures to test with."""
    with gzip.open(folder / "t10k-images-idx3-ubyte.gz") as images, gzip.open(folder / "t10k-labels-idx1-ubyte.gz") as labels:
        pictures = np.frombuffer(images.read(), np.uint8, offset=16).reshape(-1, 28, 28)
        digits = np.frombuffer(labels.read(), np.uint8, offset=8)

    def read(row):
        file = io.BytesIO()
        Image.fromarray(pictures[row]).save(file, "png")
        return file.getvalue()

    return Collection(name, digits.astype(str), np.array([f"{row:05}.png" for row in range(len(digits))]), read)


def collections(data):
    """Functions that read the sets, by their names."""
    photos = sorted((data / "photos").glob("*.zip"))
    return {path.stem: lambda path=path: zipped(path.stem, path) for path in photos} | {
        "homus": lambda: zipped("homus", data / "homus/images.zip"),
        "signatures": lambda: zipped(
            "signatures", data / "signatures/svc2004_users01-20.zip", lambda folder: folder.endswith("genuine")),
        "omniglot": lambda: omniglot(data / "omniglot/images_evaluation_open.zip"),
        "mnist": lambda: idx("mnist", data / "mnist"),
        "cifar10": lambda: zipped("cifar10", data / "cifar10/images.zip", lambda folder: folder.startswith("test/")),
        "fashion-mnist": lambda: idx("fashion-mnist", Path("/usr/share/datasets/fashion-mnist")),
    }


# The peers


def pixels(pictures):
    return np.stack([np.asarray(picture.resize((32, 32)), np.float32).reshape(-1) / 255 for picture in pictures])


def gradients(pictures):
    return np.stack([
        hog(np.asarray(picture.convert("L").resize((64, 64))), orientations=9, pixels_per_cell=(8, 8),
            cells_per_block=(2, 2), block_norm="L2-Hys") for picture in pictures]).astype(np.float32)


def by_network(name, packages):
    case = published.cases()[name]
    network = published.read_network(case, packages).to(memory_format=torch.channels_last)
    mean, deviation = (torch.tensor(values)[:, None, None] for values in (case.mean, case.deviation))

    def embed(pictures):
        rows = []
        for start in range(0, len(pictures), 16):
            inputs = np.stack([np.asarray(published.cropped(picture, case)) for picture in pictures[start : start + 16]])
            values = (torch.from_numpy(inputs).permute(0, 3, 1, 2) / 255 - mean) / deviation
            with torch.inference_mode():
                rows.append(network(values.contiguous(memory_format=torch.channels_last)).numpy())
        return np.concatenate(rows)

    return embed


NETWORKS = ["mobilenet-v2", "efficientnet-lite0"]
PEERS = {
    "pixels, nearest": ("pixels", lambda: KNeighborsClassifier(1)),
    "pixels, ridge": ("pixels", lambda: ridge()),
    "HOG, SVM": ("hog", lambda: SVC(kernel="linear")),
    "MobileNetV2, ridge": ("mobilenet-v2", lambda: ridge()),
    "EfficientNet-Lite0, ridge": ("efficientnet-lite0", lambda: ridge()),
}


def ridge():
    return make_pipeline(Normalizer(), RidgeClassifierCV(np.logspace(-3, 3, 13)))


class Embeddings:
    """Of each set, by what embeds it; kept in a folder."""

    def __init__(self, folder, packages):
        self.folder, self.packages, self.embedders = folder, packages, None

    def of(self, collection):
        file = self.folder / f"{collection.name}.npz"
        if not file.exists():
            if self.embedders is None:
                self.embedders = {"pixels": pixels, "hog": gradients} | {
                    name: by_network(name, self.packages) for name in NETWORKS}
            started = time.monotonic()
            pictures = [Image.open(io.BytesIO(collection.read(row))).convert("RGB") for row in range(len(collection.files))]
            rows = {name: embed(pictures) for name, embed in self.embedders.items()}
            part = file.with_suffix(".part.npz")
            np.savez(part, files=collection.files, **rows)
            part.rename(file)
            print(f"{collection.name}: {len(pictures)} pictures embedded in {time.monotonic() - started:.0f} s", flush=True)
        kept = np.load(file)
        if list(kept["files"]) != list(collection.files):
            sys.exit(f"{file} is of other pictures; remove it, and the lines of its set")
        return kept


# Akin


def akin(program, *arguments):
    command = [str(program), *map(str, arguments)]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        raise RuntimeError(f"{' '.join(command)}: {run.stderr.strip()[-500:]}")
    return run.stdout


def learned(program, limit, collection, shown, asked):
    """What `akin learn` says of the pictures shown, the seconds that it took, and the labels of those asked."""
    with tempfile.TemporaryDirectory() as place:
        place = Path(place)
        for row in shown:
            lay(collection, row, place / "shown" / collection.labels[row] / collection.files[row])
        for row in asked:
            lay(collection, row, place / "asked" / f"{row}{Path(collection.files[row]).suffix}")
        times = [] if limit == "default" else ["--time", limit]
        started = time.monotonic()
        said = json.loads(akin(program, "learn", place / "shown", *times, "--output", place / "index", "--json"))
        seconds = time.monotonic() - started
        lines = akin(program, "query", place / "index", place / "asked", "--json").splitlines()
        answers = {int(Path(line["source"]).stem): line["label"] for line in map(json.loads, lines) if "label" in line}
        return said, seconds, np.array([answers.get(row, "") for row in asked])


def lay(collection, row, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(collection.read(row))


# Runs


class Runs:
    """Lines of a file, one for each run."""

    def __init__(self, file):
        self.file = file
        self.lines = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def have(self, **key):
        return any(key.items() <= line.items() for line in self.lines)

    def add(self, right, **line):
        line |= {"accuracy": float(right.mean()), "right": "".join("01"[one] for one in right.astype(int))}
        self.lines.append(line)
        with open(self.file, "a") as file:
            file.write(json.dumps(line) + "\n")

    def of(self, **key):
        """By set and drawing."""
        return {(line["set"], line["drawing"]): line for line in self.lines if key.items() <= line.items()}


def run_peers(runs, embeddings, sets, shots, drawings):
    for collection in sets:
        kept = None
        for number, seed in [(number, seed) for number in shots for seed in range(drawings)]:
            drawn = collection.drawing(number, seed)
            for peer, (name, classifier) in PEERS.items() if drawn else ():
                key = {"set": collection.name, "shots": number, "drawing": seed, "by": peer}
                if runs.have(**key):
                    continue
                kept = kept or embeddings.of(collection)
                shown, asked = drawn
                labels = collection.labels
                answers = classifier().fit(kept[name][shown], labels[shown]).predict(kept[name][asked])
                runs.add(answers == labels[asked], **key)


def run_akin(runs, program, sets, shots, drawings, times):
    """Set after set in each drawing, so that a part tells of all. False where a run failed."""
    failed = False
    for seed in range(drawings):
        for limit, (wanted, most) in times.items():
            for number in [number for number in shots if number in wanted and seed < most]:
                for collection in sets:
                    key = {"set": collection.name, "shots": number, "drawing": seed, "time": limit}
                    drawn = collection.drawing(number, seed)
                    if drawn is None or runs.have(**key):
                        continue
                    try:
                        said, seconds, answers = learned(program, limit, collection, *drawn)
                    except RuntimeError as error:
                        print(f"{key}: {error}", flush=True)
                        failed = True
                        continue
                    runs.add(answers == collection.labels[drawn[1]], **key, seconds=seconds, said=said)
                    print(f"{key}: {100 * runs.lines[-1]['accuracy']:.1f}, {chosen(said)}", flush=True)
    return not failed


# Tables


def percent(values):
    return f"{100 * np.mean(values):.1f}"


def table(head, rows):
    print("|", " | ".join(head), "|")
    print("|---" * len(head) + "|")
    for row in rows:
        print("|", " | ".join(map(str, row)), "|")
    print()


def means(peers, shots, drawings=None):
    """For each set, the peers' mean accuracies over its drawings, or those given."""
    found = {}
    for peer in PEERS:
        for (name, seed), line in peers.of(by=peer, shots=shots).items():
            if drawings is None or (name, seed) in drawings:
                found.setdefault(name, {}).setdefault(peer, []).append(line["accuracy"])
    return {name: {peer: np.mean(values) for peer, values in row.items()} for name, row in found.items()}


def peers_table(peers, shots):
    found = means(peers, shots)
    if not found:
        return
    print(f"### {shots} a class: the peers\n")
    rows = [[name, *(percent(row[peer]) for peer in PEERS), percent(max(row.values())), max(row, key=row.get)]
            for name, row in found.items()]
    columns = [[row[peer] for row in found.values()] for peer in PEERS] + [[max(row.values()) for row in found.values()]]
    table(["set", *PEERS, "best", "which"], [*rows, [f"mean of {len(found)}", *map(percent, columns), ""]])


def difference(ours, theirs):
    """Of the same drawings: the mean, and half its 95 % interval, from drawing to drawing (Student's), or from picture to
    picture where there is but one."""
    each = np.array([our["accuracy"] - their["accuracy"] for our, their in zip(ours, theirs)])
    if len(each) > 1:
        return each.mean(), scipy.stats.t.ppf(0.975, len(each) - 1) * scipy.stats.sem(each)
    right = [np.array(list(runs[0]["right"]), int) for runs in (ours, theirs)]
    return each[0], 1.96 * scipy.stats.sem(right[0] - right[1])


def chosen(said):
    return said["chosen"] if isinstance(said["chosen"], str) else json.dumps(said["chosen"])


def akin_table(peers, runs, shots, limit):
    found = runs.of(shots=shots, time=limit)
    theirs, everyone = means(peers, shots, set(found)), means(peers, shots)
    names = list(dict.fromkeys(name for name, _ in found if name in theirs))
    if not names:
        return
    print(f"### {shots} a class: `akin learn`, time {limit}\n")
    rows, below, gains = [], [], []
    for name in names:
        peer = max(everyone[name], key=everyone[name].get)
        lines = peers.of(set=name, shots=shots, by=peer)
        shared = [key for key in found if key in lines]
        gain, half = difference([found[key] for key in shared], [lines[key] for key in shared])
        if gain < -half:
            below.append(name)
        gains.append(gain)
        own = [found[key]["accuracy"] for key in shared]
        choices = dict.fromkeys(chosen(found[key]["said"]) for key in shared)
        rows.append([name, peer, percent(theirs[name][peer]), percent(own), f"{100 * gain:+.1f} ± {100 * half:.1f}",
                     len(shared), "; ".join(choices)])
    middle = {peer: np.mean([theirs[name][peer] for name in names]) for peer in PEERS}
    best = np.mean([theirs[row[0]][row[1]] for row in rows])
    table(["set", "best peer", "its figure", "akin", "difference", "drawings", "chosen"],
          [*rows, [f"mean of {len(names)}", "", percent(best), percent(best + np.mean(gains)),
                   f"{100 * np.mean(gains):+.1f}", "", ""]])
    leader = max(middle, key=middle.get)
    ours = best + np.mean(gains)
    print(f"Beside the peer that is best in the mean, {leader} ({percent(middle[leader])}): "
          f"{100 * (ours - middle[leader]):+.1f}. Below its best peer by more than the interval: {', '.join(below) or 'none'}.\n")


def promises_table(runs):
    rows, every = [], []
    for limit, shots in itertools.product(TIMES, SHOTS):
        found = list(runs.of(shots=shots, time=limit).values())
        told = [line for line in found if line["said"].get("interval")]
        every += told
        if found:
            rows.append([shots, limit, len(found), *promised(told), f"{np.mean([line['seconds'] for line in found]):.0f} s"])
    if rows:
        print("### What `akin learn` announced\n")
        table(["a class", "time", "runs", "with an interval", "within it", "its width", "accuracy above expected", "took"],
              [*rows, ["all", "", len(runs.lines), *promised(every), ""]])


def promised(lines):
    if not lines:
        return 0, "", "", ""
    ends = np.array([line["said"]["interval"] for line in lines])
    expected, accuracy = (np.array(values) for values in zip(*((line["said"]["expected"], line["accuracy"]) for line in lines)))
    within = (ends[:, 0] <= accuracy) & (accuracy <= ends[:, 1])
    return len(lines), f"{percent(within)} %", percent(ends[:, 1] - ends[:, 0]), f"{100 * np.mean(accuracy - expected):+.1f}"


def read(names, data):
    sets = []
    for name, collection in collections(data).items():
        if names is None or name in names:
            try:
                sets.append(collection().limited())
            except FileNotFoundError as error:
                print(f"{name} is left out: {error}", flush=True)
    return sets


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", type=Path, required=True)
    parser.add_argument("--part", choices=["all", "peers", "akin", "tables"], default="all")
    parser.add_argument("--packages", type=Path)
    parser.add_argument("--data", type=Path, default=published.ROOT / "../shared/data")
    parser.add_argument("--sets", nargs="+")
    parser.add_argument("--shots", nargs="+", type=int, choices=SHOTS, default=SHOTS)
    parser.add_argument("--drawings", type=int, default=DRAWINGS)
    parser.add_argument("--times", nargs="+", choices=TIMES, default=list(TIMES))
    parser.add_argument("--akin", type=Path, default=published.AKIN)
    parser.add_argument("--name", default="akin")
    options = parser.parse_args()
    warnings.filterwarnings("ignore", "The number of unique classes")
    warnings.filterwarnings("ignore", "Palette images")
    if unknown := set(options.sets or ()) - set(collections(options.data)):
        parser.error(f"there is no set {', '.join(unknown)} (there are {', '.join(collections(options.data))})")
    if options.part in ("all", "peers") and options.packages is None:
        parser.error("the peers need --packages, the folder of the packages with the networks' weights")
    options.results.mkdir(parents=True, exist_ok=True)
    peers, runs = (Runs(options.results / f"{name}.jsonl") for name in ("peers", options.name))
    complete = True
    sets = read(options.sets, options.data) if options.part != "tables" else []
    if options.part in ("all", "peers"):
        run_peers(peers, Embeddings(options.results, options.packages), sets, options.shots, options.drawings)
    if options.part in ("all", "akin"):
        times = {limit: TIMES[limit] for limit in options.times}
        complete = run_akin(runs, options.akin, sets, options.shots, options.drawings, times)
    for shots in options.shots:
        peers_table(peers, shots)
        for limit in options.times:
            akin_table(peers, runs, shots, limit)
    promises_table(runs)
    if not complete:
        sys.exit("some runs of akin failed; their messages stand above")


if __name__ == "__main__":
    main()
