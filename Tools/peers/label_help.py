#!/usr/bin/env python3
# Run with NumPy, Pillow and scikit-learn:
# python3 Tools/peers/label_help.py suspects|duplicates|candidates|next [--sets homus grocery] [--draws 3]
"""How far Akin's help with labels helps, on real pictures with planted faults (`HelpWithLabels.md` has the figures).

* `suspects`: of 1,000 pictures 20 bear another class' label; how many of the first 40 suspects of `akin check` are these.
* `duplicates`: to 1,000 pictures 200 copies are added, turned by quarters, scaled (0.4 to 1.6), cropped (up to 12 % at each edge),
  recompressed (JPEG, quality 20 to 70), brightened (0.7 to 1.35, contrast 0.8 to 1.2) or mirrored; how many `akin check` finds, and how
  many other pairs it names.
* `candidates`: half of the classes are indexed with 5 pictures each and calibrated; all other pictures are unlabelled. The adjusted
  Rand index of the clusters of `akin discover`: of the pictures that it calls unknown, and of the strangers among them.
* `next`: the same unlabelled pictures; the accuracy on 40 % of them that are held back, when the first 20 or 40 of the others in the
  order of `akin discover` are labelled, beside 20 or 40 that are drawn.

Drawings are embedded by `shapes`, photographs by `efficientnet-lite0`, which the user has fetched. Sets are those of
`../shared/data` (`--data`); many more pictures than are needed are drawn down, as many of each class.
"""

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance, ImageOps
from sklearn.metrics import adjusted_rand_score

DRAWN = {"omniglot", "homus", "mathsym", "kazakh_letters", "mahjong"}
KINDS = ["turned", "scaled", "cropped", "recompressed", "brightened", "mirrored"]


def akin(arguments, *command):
    outcome = subprocess.run([arguments.akin, *map(str, command)], capture_output=True, text=True)
    if outcome.returncode != 0:
        sys.exit(f"akin {' '.join(map(str, command))}: {outcome.stderr}")
    return outcome.stdout


def pictures(arguments, name, count, generator):
    """Bytes, labels and names of about so many pictures, as many of each class."""
    data = Path(arguments.data)
    paths = {"homus": data / "homus/images.zip", "omniglot": data / "omniglot/images_evaluation_open.zip"}
    archive = zipfile.ZipFile(paths.get(name, data / f"photos/{name}.zip"))
    folders = {}
    for entry in sorted(archive.namelist()):
        folder, file = os.path.split(entry)
        if file.lower().endswith((".jpg", ".jpeg", ".png")):
            folders.setdefault(folder, []).append(file)
    above = os.path.commonpath(folders)
    if name == "omniglot":
        chosen = generator.permutation(sorted(folders))[:50]
        folders = {folder: folders[folder] for folder in sorted(chosen)}
    each = -(-count // len(folders))
    result = []
    for folder, files in sorted(folders.items()):
        label = os.path.relpath(folder, above).replace(os.sep, "-")
        for file in sorted(generator.permutation(files)[:each]):
            result.append((archive.read(f"{folder}/{file}"), label, file))
    chosen = sorted(generator.permutation(len(result))[:count])
    return [result[place] for place in chosen]


def lay(folder, number, content, label, file):
    path = Path(folder) / label / f"{number:05}-{file}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return str(path)


def index(arguments, folder, name, pictures):
    akin(arguments, "index", "create", f"{folder}/index", "--backbone", "shapes" if name in DRAWN else "efficientnet-lite0")
    akin(arguments, "index", "add", f"{folder}/index", pictures)
    return f"{folder}/index"


def suspects(arguments, name, generator):
    taken = pictures(arguments, name, 1000, generator)
    labels = sorted({label for _, label, _ in taken})
    wrong = set(generator.permutation(len(taken))[:20].tolist())
    planted = set()
    with tempfile.TemporaryDirectory() as folder:
        for number, (content, label, file) in enumerate(taken):
            if number in wrong:
                label = generator.choice([other for other in labels if other != label])
            path = lay(f"{folder}/pictures", number, content, label, file)
            if number in wrong:
                planted.add(path)
        place = index(arguments, folder, name, f"{folder}/pictures")
        line = {"set": name, "items": len(taken)}
        for rule in ("as it is", "nearest-class", "calibrated"):
            if rule == "calibrated":
                akin(arguments, "index", "calibrate", place)
            options = ["--classifier", rule] if rule == "nearest-class" else []
            found = json.loads(akin(arguments, "check", place, "--no-pictures", "--json", *options))["suspects"]
            line[rule] = [sum(one["source"] in planted for one in found[:count]) for count in (20, 40)] + [len(found)]
    return line


def changed(picture, kind, generator):
    picture = picture.convert("RGBA")
    ground = Image.new("RGBA", picture.size, "white")
    picture = Image.alpha_composite(ground, picture).convert("RGB")
    width, height = picture.size
    if kind == "turned":
        return picture.transpose([Image.ROTATE_90, Image.ROTATE_180, Image.ROTATE_270][generator.integers(3)])
    if kind == "scaled":
        factor = generator.uniform(0.4, 1.6)
        return picture.resize((max(8, int(width * factor)), max(8, int(height * factor))), Image.BICUBIC)
    if kind == "cropped":
        left, top, right, bottom = generator.uniform(0, 0.12, 4)
        return picture.crop((int(width * left), int(height * top), -int(-width * (1 - right)), -int(-height * (1 - bottom))))
    if kind == "recompressed":
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=int(generator.integers(20, 70)))
        return Image.open(file).convert("RGB")
    if kind == "brightened":
        lighter = ImageEnhance.Brightness(picture).enhance(generator.uniform(0.7, 1.35))
        return ImageEnhance.Contrast(lighter).enhance(generator.uniform(0.8, 1.2))
    return ImageOps.mirror(picture)


def duplicates(arguments, name, generator):
    taken = pictures(arguments, name, 1000, generator)
    copied = generator.permutation(len(taken))[:200]
    planted = {}
    with tempfile.TemporaryDirectory() as folder:
        paths = [lay(f"{folder}/pictures", number, *one) for number, one in enumerate(taken)]
        for place, number in enumerate(copied):
            kind = KINDS[place % 6]
            copy = changed(Image.open(io.BytesIO(taken[number][0])), kind, generator)
            file = io.BytesIO()
            copy.save(file, "PNG")
            path = lay(f"{folder}/pictures", len(taken) + place, file.getvalue(), taken[number][1], f"{kind}.png")
            planted[path] = (paths[number], kind)
        place = index(arguments, folder, name, f"{folder}/pictures")
        groups = json.loads(akin(arguments, "check", place, "--json"))["duplicates"]
        notes = subprocess.run([arguments.akin, "evaluate", "leave-one-out", place], capture_output=True, text=True).stderr
        group = {item["source"]: number for number, one in enumerate(groups) for item in one["items"]}
        found = {kind: 0 for kind in KINDS}
        for path, (original, kind) in planted.items():
            found[kind] += path in group and group[path] == group.get(original)
        # Of each group, how many pictures are there that belong to no other of it by planting.
        origin = lambda source: planted.get(source, (source,))[0]
        others = [one for one in groups if len({origin(item["source"]) for item in one["items"]}) > 1]
        for one in others[:arguments.show]:
            print("  not planted:", one["kinds"], sorted({os.path.relpath(item["source"], folder) for item in one["items"]}))
    return {"set": name, "items": len(taken) + 200, "planted": {kind: sum(one == kind for _, one in planted.values()) for kind in KINDS},
            "found": found, "all": sum(found.values()), "other groups": len(others), "told before": notes.strip()}


def unlabelled(arguments, name, generator, folder, held=0.0):
    """An index of half of the classes, 5 of each, and a folder of all others, but for some that are held back."""
    taken = pictures(arguments, name, 1000, generator)
    labels = np.array([label for _, label, _ in taken])
    classes = generator.permutation(np.unique(labels))
    known = set(classes[:len(classes) // 2])
    shown = set()
    for label in known:
        shown |= set(generator.permutation(np.flatnonzero(labels == label))[:5].tolist())
    truth, back = {}, []
    for number, (content, label, file) in enumerate(taken):
        if number in shown:
            lay(f"{folder}/pictures", number, content, label, file)
        elif generator.random() < held:
            back.append((lay(f"{folder}/back", number, content, label, file), label))
        else:
            path = lay(folder, number, content, "unlabelled", file)
            truth[path] = label
    place = index(arguments, folder, name, f"{folder}/pictures")
    akin(arguments, "index", "calibrate", place)
    return place, truth, known, back


def candidates(arguments, name, generator):
    with tempfile.TemporaryDirectory() as folder:
        place, truth, known, _ = unlabelled(arguments, name, generator, folder)
        found = json.loads(akin(arguments, "discover", place, f"{folder}/unlabelled", "--json", "--output", f"{folder}/found.csv"))
        cluster = {source: number for number, one in enumerate(found["clusters"]) for source in one["sources"]}
        alone = [source for source in found["alone"]]
        for number, source in enumerate(alone):
            cluster[source] = -1 - number
        of = lambda sources: adjusted_rand_score([truth[one] for one in sources], [cluster[one] for one in sources])
        strangers = [one for one in cluster if truth[one] not in known]
        new = {truth[one] for one in strangers}
        whole = [max((sum(truth[source] == label for source in one["sources"]) / len(one["sources"])
                      for one in found["clusters"] if len(one["sources"]) > 1), default=0) for label in new]
        return {"set": name, "unlabelled": len(truth), "unknown": len(cluster), "of strangers": len(strangers),
                "strangers in all": sum(label not in known for label in truth.values()), "new classes": len(new),
                "clusters": len(found["clusters"]), "alone": len(alone), "ARI of unknown": round(of(list(cluster)), 3),
                "ARI of strangers": round(of(strangers), 3), "classes with a cluster of their own": sum(one >= 0.8 for one in whole)}


def following(arguments, name, generator):
    with tempfile.TemporaryDirectory() as folder:
        place, truth, known, back = unlabelled(arguments, name, generator, folder, held=0.4)
        found = json.loads(akin(arguments, "discover", place, f"{folder}/unlabelled", "--json", "--next", 40, "--output", f"{folder}/found.csv"))
        ordered = [one["source"] for one in found["next"]]
        right = {}
        drawn = [list(generator.permutation(sorted(truth))) for _ in range(3)]

        def accuracy(sources):
            with tempfile.TemporaryDirectory() as copy:
                subprocess.run(["cp", "-r", place, f"{copy}/index"], check=True)
                Path(f"{copy}/new.csv").write_text("path,label\n" + "".join(f"{one},{truth[one]}\n" for one in sources))
                if sources:
                    akin(arguments, "index", "add", f"{copy}/index", f"{copy}/new.csv")
                lines = akin(arguments, "query", f"{copy}/index", f"{folder}/back", "--json", "--classifier", "ridge").splitlines()
                given = {line["source"]: line["label"] for line in map(json.loads, lines)}
                return float(np.mean([given[path] == label for path, label in back]))

        right["none"] = round(accuracy([]), 3)
        for count in (20, 40):
            right[f"{count} in order"] = round(accuracy(ordered[:count]), 3)
            right[f"{count} drawn"] = round(float(np.mean([accuracy(order[:count]) for order in drawn])), 3)
        return {"set": name, **right, "classes in the first 20": len({truth[one] for one in ordered[:20]})}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=["suspects", "duplicates", "candidates", "next"])
    parser.add_argument("--sets", nargs="+", default=["homus", "omniglot", "mahjong", "grocery", "gtsrb", "butterflies"])
    parser.add_argument("--draws", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, help="so many groups of duplicates that were not planted are printed")
    parser.add_argument("--akin", default=".build/release/akin")
    parser.add_argument("--data", default="../shared/data")
    arguments = parser.parse_args()
    part = {"suspects": suspects, "duplicates": duplicates, "candidates": candidates, "next": following}[arguments.part]
    for name in arguments.sets:
        for draw in range(arguments.draws):
            print(json.dumps(part(arguments, name, np.random.default_rng([7, draw]))), flush=True)


if __name__ == "__main__":
    main()
