#!/usr/bin/env python3
# Run with Pillow 12, torch 2.13, faiss-cpu 1.15 on an idle machine: python3 Tools/peers/picture_speed.py PHOTOS
"""How fast camera pictures come into an index, Akin beside Pillow in two processes, PyTorch and faiss.

PHOTOS is a folder with pictures, or with ZIP files of such. Of 200 of them, drawn by a seed, pictures of 4,000 x 3,000 are
made with a camera's noise, about 4 MB each as JPEG; each is written ten times with another comment, so no two files are the
same. 200 of them are written as TIFF (LZW, Deflate, uncompressed) and WebP too.

JPEG: `akin index create` and `add` with the shipped backbone, whole processes, beside a Python program that reads the files
in two processes, brings them to the backbone's size, embeds them with the same network in PyTorch (weights drawn: only time
counts) and adds them to a faiss index; with and without Pillow's `draft`, which lets libjpeg decode at a smaller scale.

TIFF and WebP: the same of a backbone of 8 x 8 pixels beside Pillow decoding them in two processes and nothing else.

The programs run in turn, in several rounds; the table has the medians.
"""

import argparse
import io
import json
import multiprocessing
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
AKIN = ROOT / ".build/release/akin"
BACKBONE = ROOT / "Indexes/omniglot/omniglot.safetensors"
SIZE = (4000, 3000)
SIDE = 96
ENDINGS = (".jpg", ".jpeg", ".png")


def photographs(folder, count):
    """Bytes of pictures, drawn by a seed."""
    found = [(path, None) for path in sorted(Path(folder).rglob("*")) if path.suffix.lower() in ENDINGS]
    for archive in sorted(Path(folder).glob("*.zip")):
        with zipfile.ZipFile(archive) as file:
            found += [(archive, name) for name in sorted(file.namelist()) if name.lower().endswith(ENDINGS)]
    random.Random(1).shuffle(found)
    for path, name in found[:count]:
        if name is None:
            yield path.read_bytes()
        else:
            with zipfile.ZipFile(path) as file:
                yield file.read(name)


def enlarged(job):
    """Writes one picture in every form."""
    number, data, folder, copies, others = job
    picture = Image.open(io.BytesIO(data)).convert("RGB").resize(SIZE, Image.Resampling.BICUBIC)
    generator = np.random.default_rng(number)
    noise = generator.normal(0, 7, (SIZE[1], SIZE[0], 1)) + generator.normal(0, 3, (SIZE[1], SIZE[0], 3))
    picture = Image.fromarray(np.clip(np.asarray(picture) + noise, 0, 255).astype(np.uint8))
    jpeg = io.BytesIO()
    picture.save(jpeg, "JPEG", quality=92)
    for copy in range(copies):
        comment = f"picture {number}, copy {copy}".encode()
        segment = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
        path = Path(folder) / "jpeg" / f"class{number % 20:02d}" / f"{number:03d}-{copy}.jpg"
        path.write_bytes(jpeg.getvalue()[:2] + segment + jpeg.getvalue()[2:])
    if number < others:
        place = f"class{number % 20:02d}/{number:03d}"
        picture.save(f"{folder}/tiff-lzw/{place}.tif", compression="tiff_lzw")
        picture.save(f"{folder}/tiff-deflate/{place}.tif", compression="tiff_adobe_deflate")
        picture.save(f"{folder}/tiff/{place}.tif")
        picture.save(f"{folder}/webp/{place}.webp", quality=88)


def make(folder, photos, copies, others):
    kinds = ["jpeg", "tiff", "tiff-lzw", "tiff-deflate", "webp"]
    for kind in kinds:
        for number in range(20):
            (Path(folder) / kind / f"class{number:02d}").mkdir(parents=True, exist_ok=True)
    jobs = [(n, data, folder, copies, others) for n, data in enumerate(photographs(photos, 200))]
    with multiprocessing.Pool(2) as pool:
        for _ in pool.imap_unordered(enlarged, jobs):
            pass
    return kinds


def prepared(job):
    """Grey, fitted on a white square, as the backbone sees it but for its scaling."""
    path, draft = job
    picture = Image.open(path)
    if draft:
        picture.draft("L", (SIDE, SIDE))
    picture = picture.convert("L")
    picture.thumbnail((SIDE, SIDE), Image.Resampling.BILINEAR, reducing_gap=None)
    canvas = Image.new("L", (SIDE, SIDE), 255)
    canvas.paste(picture, ((SIDE - picture.width) // 2, (SIDE - picture.height) // 2))
    return np.asarray(canvas)


def loaded(path):
    return Image.open(path).load() and None


def network():
    """The shipped backbone's layers."""
    from torch import nn

    class Residual(nn.Module):
        def __init__(self, a, b):
            super().__init__()
            self.body = nn.Sequential(
                nn.Conv2d(a, b, 3, padding=1), nn.BatchNorm2d(b), nn.ReLU(), nn.Conv2d(b, b, 3, padding=1), nn.BatchNorm2d(b))
            self.shortcut = nn.Conv2d(a, b, 1)

        def forward(self, x):
            return nn.functional.relu(self.body(x) + self.shortcut(x))

    return nn.Sequential(
        nn.AvgPool2d(2), nn.Conv2d(1, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
        Residual(32, 64), nn.MaxPool2d(2), Residual(64, 96), nn.MaxPool2d(2), Residual(96, 128), nn.MaxPool2d(2),
        nn.Flatten(), nn.BatchNorm1d(1152)).eval()


def peer(folder, draft):
    """What a Python program would do; runs in a process of its own."""
    import faiss
    import torch

    torch.set_num_threads(2)
    model = network()
    index = faiss.IndexFlatIP(1152)
    jobs = [(path, draft) for path in sorted(Path(folder).rglob("*.jpg"))]
    with torch.inference_mode(), multiprocessing.Pool(2) as pool:
        batch = []
        for picture in pool.imap(prepared, jobs, chunksize=8):
            batch.append(picture)
            if len(batch) == 64 or index.ntotal + len(batch) == len(jobs):
                x = torch.from_numpy(np.stack(batch)).unsqueeze(1).float() / 255
                rows = nn_normalised(model(x).numpy())
                index.add(rows)
                batch = []
    faiss.write_index(index, f"{folder}.faiss")
    print(index.ntotal)


def nn_normalised(rows):
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


def decoded(folder):
    with multiprocessing.Pool(2) as pool:
        for _ in pool.imap_unordered(loaded, sorted(path for path in Path(folder).rglob("*") if path.is_file()), chunksize=4):
            pass


def seconds(command):
    began = time.perf_counter()
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def akin(folder, backbone):
    with tempfile.TemporaryDirectory() as place:
        index = Path(place) / "index"
        return (seconds([AKIN, "index", "create", index, "--backbone", backbone])
                + seconds([AKIN, "index", "add", index, folder]))


def pixels(path):
    """A backbone of 8 x 8 grey pixels with the identity as weights."""
    document = {
        "format": 1, "layers": [{"flatten": {}}, {"dense": {"units": 64, "activation": "linear"}}],
        "preprocessing": {"background": 255, "channels": "grey", "height": 8, "invert": False, "placement": "stretch",
                          "scaling": "unit", "width": 8},
        "details": {"name": "pixels", "seed": 1, "epochs": 0, "data": "none", "labels": ["a", "b"]},
    }
    weights = np.eye(64, dtype=np.float32).tobytes() + bytes(256)
    header = {"__metadata__": {"akin": json.dumps(document)},
              "dense_1.weight": {"dtype": "F32", "shape": [64, 64], "data_offsets": [0, 16384]},
              "dense_1.bias": {"dtype": "F32", "shape": [64], "data_offsets": [16384, 16640]}}
    text = json.dumps(header).encode()
    Path(path).write_bytes(len(text).to_bytes(8, "little") + text + weights)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", metavar="PHOTOS")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--copies", type=int, default=10, help="JPEG files of each picture")
    parser.add_argument("--others", type=int, default=60, help="pictures as TIFF and WebP")
    parser.add_argument("--keep", metavar="FOLDER", help="where the pictures are made, and stay for another run")
    parser.add_argument("--peer", choices=["draft", "whole", "decode"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer == "decode":
        return decoded(options.photos)
    if options.peer:
        return peer(options.photos, options.peer == "draft")

    subprocess.run(["swift", "build", "-c", "release", "--product", "akin"], cwd=ROOT, check=True, stdout=sys.stderr)
    with tempfile.TemporaryDirectory() as own:
        folder = options.keep or own
        if not (Path(folder) / "jpeg").exists():
            make(folder, options.photos, options.copies, options.others)
        small = Path(own) / "pixels.safetensors"
        pixels(small)
        this = [sys.executable, __file__]
        runs = {}
        for _ in range(options.rounds):
            jpeg = Path(folder) / "jpeg"
            for name, run in [
                ("Akin", lambda: akin(jpeg, BACKBONE)),
                ("Pillow, PyTorch, faiss", lambda: seconds([*this, jpeg, "--peer", "whole"])),
                ("the same with draft", lambda: seconds([*this, jpeg, "--peer", "draft"])),
            ]:
                runs.setdefault(("jpeg", name), []).append(run())
            for kind in ["tiff", "tiff-lzw", "tiff-deflate", "webp"]:
                # Whoever comes first must not wait for the disk alone.
                for path in (Path(folder) / kind).rglob("*"):
                    if path.is_file():
                        path.read_bytes()
                runs.setdefault((kind, "Akin"), []).append(akin(Path(folder) / kind, small))
                runs.setdefault((kind, "Pillow"), []).append(seconds([*this, Path(folder) / kind, "--peer", "decode"]))
        sizes = {kind: [p.stat().st_size for p in (Path(folder) / kind).rglob("*") if p.is_file()] for kind, _ in runs}
    print("| pictures | | seconds | beside Akin |\n|---|---|---|---|")
    for (kind, name), times in runs.items():
        own = statistics.median(runs[(kind, "Akin")])
        files = sizes[kind]
        print(f"| {len(files)} {kind}, {sum(files) / len(files) / 1e6:.1f} MB each | {name} | "
              f"{statistics.median(times):.1f} | {statistics.median(times) / own:.2f} |")


if __name__ == "__main__":
    main()
