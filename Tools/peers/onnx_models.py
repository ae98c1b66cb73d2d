#!/usr/bin/env python3
# Run: python3 Tools/peers/onnx_models.py   (or with --speed)
"""Networks of torchvision and timm with random weights as ONNX models: how far Akin's embeddings lie from PyTorch's, and images a second.

ResNet-18 (a vector), MobileNetV3-small (a map of which the mean is taken), ConvNeXt-tiny (a vector) and a ViT-S/14 (tokens
of which the first is taken) are exported, imported by `akin backbone import`, and embed the same pictures, PNG of different sizes,
by `akin index add`, and in PyTorch. There the picture is decoded by Pillow, brought to its size by Pillow in float32 (Pillow's
8 bits would round) and cut; its values lie so far from black and white that nothing is cut off on the way.

Told of each are the largest difference of a number, and the largest distance of two embeddings as a share of their length.
With --speed: images a second of `akin index add`, of ONNX Runtime's Python and of PyTorch, each of which reads and
prepares the pictures itself, in turn, on all cores.

Needs torch, torchvision, timm, onnx, onnxscript, onnxruntime, numpy, Pillow and the built `akin`.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from PIL import Image

# torchvision's own operators are not there beside a PyTorch of another build; nothing here needs them.
LIBRARY = torch.library.Library("torchvision", "DEF")
LIBRARY.define("nms(Tensor boxes, Tensor scores, float threshold) -> Tensor")
LIBRARY.define("qnms(Tensor boxes, Tensor scores, float threshold) -> Tensor")
import timm  # noqa: E402
import torchvision  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
MEAN, DEVIATION = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])
FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
EDGE, SIZE = 256, 224


class Tokens(torch.nn.Module):
    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, pictures):
        return self.network.forward_features(pictures)


def settle(network):
    """Means and variances of batch normalisation as of some noise: with those of a fresh network the values would die away."""
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = None
    with torch.no_grad():
        network.train()(torch.randn(8, 3, SIZE, SIZE))


def networks():
    """Of each the module, the interpolation, and what makes an embedding of its output."""
    torch.manual_seed(5)
    resnet = torchvision.models.resnet18(weights=None)
    resnet.fc = torch.nn.Identity()
    mobile = torchvision.models.mobilenet_v3_small(weights=None).features
    convnext = torchvision.models.convnext_tiny(weights=None)
    convnext.classifier[2] = torch.nn.Identity()
    vit = Tokens(timm.create_model("vit_small_patch14_dinov2", pretrained=False, img_size=SIZE, num_classes=0))
    for network in (resnet, mobile):
        settle(network)
    return {
        "resnet18": (resnet, "bilinear", lambda y: y),
        "mobilenet-v3-small": (mobile, "bicubic", lambda y: y.mean((2, 3))),
        "convnext-tiny": (convnext, "bilinear", lambda y: y),
        "vit-s14": (vit, "bicubic", lambda y: y[:, 0]),
    }


def draw(folder, count, ending, seed=1):
    """Pictures of coarse noise, none of whose values is near black or white."""
    random = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        width, height = random.integers(240, 520, 2)
        coarse = random.integers(60, 196, (random.integers(6, 40), random.integers(6, 40), 3)).astype(np.uint8)
        picture = Image.fromarray(coarse).resize((width, height), Image.Resampling.BILINEAR)
        grain = random.integers(-12, 13, (height, width, 3))
        picture = Image.fromarray(np.clip(np.asarray(picture, np.int16) + grain, 45, 210).astype(np.uint8))
        picture.save(folder / f"{number:03}.{ending}")


def prepared(path, interpolation):
    """[3, 224, 224], in float32 throughout."""
    picture = Image.open(path).convert("RGB")
    width, height = picture.size
    shorter = min(width, height)
    new = (width * EDGE // shorter, height * EDGE // shorter)
    left, top = (int(round((side - SIZE) / 2)) for side in new)
    planes = []
    for channel in picture.split():
        plane = channel.convert("F").resize(new, FILTERS[interpolation])
        planes.append(np.asarray(plane)[top:top + SIZE, left:left + SIZE])
    return (np.stack(planes) / 255 - MEAN[:, None, None]) / DEVIATION[:, None, None]


def quickly(path, interpolation):
    """The same as programs usually do it: in 8 bits, as Pillow resizes."""
    picture = Image.open(path).convert("RGB")
    width, height = picture.size
    shorter = min(width, height)
    new = (width * EDGE // shorter, height * EDGE // shorter)
    left, top = (int(round((side - SIZE) / 2)) for side in new)
    picture = picture.resize(new, FILTERS[interpolation]).crop((left, top, left + SIZE, top + SIZE))
    values = np.asarray(picture, np.float32).transpose(2, 0, 1)
    return (values / 255 - MEAN[:, None, None]) / DEVIATION[:, None, None]


def run(akin, *words):
    outcome = subprocess.run([akin, *map(str, words)], capture_output=True, text=True)
    if outcome.returncode:
        sys.exit(f"{' '.join(map(str, words))}: {outcome.stderr}")
    return outcome.stdout


def export(module, path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module, (torch.zeros(2, 3, SIZE, SIZE),), path, input_names=["pictures"], output_names=["output"],
            dynamic_shapes=({0: torch.export.Dim("n")},), verbose=False)


def akin_embeddings(akin, model, interpolation, pictures, work):
    """[pictures], in the order of their names, and images a second."""
    checkpoint, index = work / "backbone.safetensors", work / "index"
    run(akin, "backbone", "import", model, "--output", checkpoint, "--force", "--crop", "--shorter-side", EDGE,
        "--interpolation", interpolation)
    subprocess.run(["rm", "-rf", index], check=True)
    run(akin, "index", "create", index, "--backbone", checkpoint, "--metric", "l2")
    report = json.loads(run(akin, "index", "add", index, pictures, "--label", "all", "--json"))
    run(akin, "index", "export", index, work / "vectors.npy", work / "items.csv", "--force")
    with open(work / "items.csv") as file:
        names = [Path(row["source"]).name for row in csv.DictReader(file)]
    vectors = np.load(work / "vectors.npy")
    return vectors[np.argsort(names)], report["images_per_second"]


def accuracy(akin, count, work):
    pictures = work / "png"
    draw(pictures, count, "png")
    paths = sorted(pictures.iterdir())
    print("| network | numbers | largest | largest difference | distance |\n|---|---|---|---|---|")
    worst = 0
    for name, (module, interpolation, embed) in networks().items():
        module.eval()
        export(module, work / f"{name}.onnx")
        ours, _ = akin_embeddings(akin, work / f"{name}.onnx", interpolation, pictures, work)
        with torch.no_grad():
            batches = [torch.from_numpy(np.stack([prepared(p, interpolation) for p in paths[i:i + 8]]))
                       for i in range(0, len(paths), 8)]
            theirs = torch.cat([embed(module(batch)) for batch in batches]).numpy()
        distance = np.linalg.norm(ours - theirs, axis=1) / np.linalg.norm(theirs, axis=1)
        print(f"| {name} | {theirs.shape[1]} | {np.abs(theirs).max():.3g} | {np.abs(ours - theirs).max():.2g} | "
              f"{distance.max():.2g} |", flush=True)
        worst = max(worst, distance.max())
    print(f"\n{'within' if worst < 1e-4 else 'NOT within'} 1e-4")
    return worst < 1e-4


def timed(paths, interpolation, step, batch=16):
    """Images a second of a program that reads ahead on as many threads as there are cores."""
    for start in (0, None):
        part = paths[:batch] if start == 0 else paths
        began = time.perf_counter()
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            values = list(pool.submit(quickly, path, interpolation) for path in part)
            for i in range(0, len(part), batch):
                step(np.stack([value.result() for value in values[i:i + batch]]).astype(np.float32))
        seconds = time.perf_counter() - began
    return len(paths) / seconds


def speed(akin, count, rounds, work):
    import onnxruntime

    pictures = work / "jpeg"
    draw(pictures, count, "jpg")
    paths = sorted(pictures.iterdir())
    torch.set_num_threads(os.cpu_count())
    print("| network | Akin | ONNX Runtime | PyTorch | Akin / ONNX Runtime | Akin / PyTorch |\n|---|---|---|---|---|---|")
    for name, (module, interpolation, embed) in networks().items():
        module.eval()
        model = work / f"{name}.onnx"
        if not model.exists():
            export(module, model)
        session = onnxruntime.InferenceSession(model)

        def by_torch(batch):
            with torch.no_grad():
                embed(module(torch.from_numpy(batch)))

        best = [0.0, 0.0, 0.0]
        for _ in range(rounds):
            found = [
                akin_embeddings(akin, model, interpolation, pictures, work)[1],
                timed(paths, interpolation, lambda batch: session.run(None, {"pictures": batch})),
                timed(paths, interpolation, by_torch),
            ]
            best = [max(a, b) for a, b in zip(best, found)]
        print(f"| {name} | {best[0]:.1f} | {best[1]:.1f} | {best[2]:.1f} | {best[0] / best[1]:.2f} | {best[0] / best[2]:.2f} |",
              flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--akin", default=str(ROOT / ".build/release/akin"))
    parser.add_argument("--pictures", type=int, default=24)
    parser.add_argument("--speed", action="store_true", help="measure images a second too, on as many pictures again times four")
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        is_near = accuracy(options.akin, options.pictures, Path(work))
        if options.speed:
            print()
            speed(options.akin, 4 * options.pictures, options.rounds, Path(work))
    sys.exit(0 if is_near else 1)


if __name__ == "__main__":
    main()
