#!/usr/bin/env python3
# Run with Pillow, after `swift build -c release`, in the
# repository's folder: python3 Tools/peers/jpeg_cost.py recipe triplet
"""What it costs that the CIFAR-10 at hand is a copy in JPEG (quality 75, colours at half the resolution).

The original is not at hand. At half the size, 16 x 16, little is left of the JPEG: its colours had that resolution, and
what it did to the finest details is gone with them. So the recipes of `Indexes/cifar10` are trained and tested on the
halved pictures as they are, and on the same after another such JPEG. What they lose is an estimate of what they lost by the
first, and rather a high one, as a JPEG's blocks are a larger part of a smaller picture. Each seed trains on both; about
5 minutes a recipe on two cores.
"""

import argparse
import io
import json
import statistics
import subprocess
import tempfile
from pathlib import Path

from PIL import Image


def write(source, target, each, jpeg):
    for folder in sorted(p for p in source.glob("*/*") if p.is_dir()):
        files = sorted(folder.iterdir())
        (target / folder.relative_to(source)).mkdir(parents=True)
        for file in files[:each] if folder.parent.name == "train" else files:
            picture = Image.open(file).convert("RGB").resize((16, 16), Image.BOX)
            if jpeg:
                data = io.BytesIO()
                picture.save(data, "JPEG", quality=75, subsampling="4:2:0")
                picture = Image.open(data).convert("RGB")
            picture.save((target / file.relative_to(source)).with_suffix(".png"))


def accuracies(recipe, data, output, repeats):
    command = [".build/release/akin", "run", f"Indexes/cifar10/{recipe}.yaml", "--data", str(data), "--json"]
    command += ["--set", "preprocessing.size=16", "--repeats", str(repeats), "--output", str(output)]
    runs = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)["runs"]
    return [100 * run["evaluation"][0]["test"]["accuracy"] for run in runs]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipes", nargs="+", metavar="RECIPE", help="of Indexes/cifar10, without .yaml")
    parser.add_argument("--data", type=Path, default="datasets/cifar10", help="default: %(default)s")
    parser.add_argument("--repeats", type=int, default=6, metavar="N", help="seeds, from 2 on; default: %(default)s")
    options = parser.parse_args()
    if options.repeats < 2:
        parser.error("--repeats takes 2 or more: the error is found from how the seeds differ")
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        for name in ("as-they-are", "jpeg"):
            write(options.data, folder / name, 100, jpeg=name == "jpeg")
        for recipe in options.recipes:
            plain, jpeg = (
                accuracies(recipe, folder / name, folder / f"{recipe}-{name}", options.repeats)
                for name in ("as-they-are", "jpeg")
            )
            cost = [a - b for a, b in zip(plain, jpeg)]
            error = statistics.stdev(cost) / len(cost) ** 0.5
            print(
                f"{recipe}: {statistics.mean(plain):.1f} % as they are, {statistics.mean(jpeg):.1f} % by way of JPEG: "
                f"it costs {statistics.mean(cost):.1f} points, standard error {error:.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
