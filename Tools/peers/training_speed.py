#!/usr/bin/env python3
# Run with PyTorch 2.13 on an idle machine: python3 Tools/peers/training_speed.py   (--help says more)
"""Images a second of a training step and of embedding, Akin beside PyTorch on the CPU, for the thesis' backbones.

Both programs run in turn, a process for each backbone, in several rounds; the table holds medians. A step is the
pair siamese with classification: each image of the batch is embedded once, contrastive loss on 1 positive and 4
negative pairs an image, softmax cross-entropy with weight 0.125, Adam. The batch is the same at each step, so
that neither side's reading of images is measured.

PyTorch runs in three ways: as it comes; with glibc's allocator told to keep its memory; and so, in the memory
format channels_last and with its fused Adam, which is as fast as it gets there.

Akin's side is `training-speed` of Tools/Benchmarks: it is called as `training-speed BACKBONE SECONDS` and prints
a JSON object a line with `backbone`, `mode` (train, embed) and `images_per_second`.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
THREADS = 2
# Name: layers, height, width, channels, batch.
BACKBONES = {
    "mnist": ("mnist", {}, 28, 28, 1, 256),
    "fashion-mnist": ("fashion_mnist", {}, 28, 28, 1, 256),
    "cifar10": ("cifar10", {}, 32, 32, 3, 256),
    "cifar10-200": ("cifar10", {"dense": 256}, 200, 200, 1, 32),
}
MODES = ["train", "embed"]
KEEP_MEMORY = {"MALLOC_TRIM_THRESHOLD_": str(1 << 40), "MALLOC_MMAP_THRESHOLD_": str(1 << 40)}
# Program: environment, whether in the fastest layout.
PYTORCH = {
    "PyTorch": ({}, False),
    "PyTorch, allocator tuned": (KEEP_MEMORY, False),
    "PyTorch, allocator tuned, channels_last, fused Adam": (KEEP_MEMORY, True),
}


def measure_pytorch(name, seconds, fastest):
    """In a process of its own: prints what `training-speed` prints."""
    import torch
    from torch import nn

    import backbones

    torch.set_num_threads(THREADS)
    torch.manual_seed(1)
    function, widths, height, width, channels, batch = BACKBONES[name]
    layers = getattr(backbones, function)(**widths)
    model, _ = backbones.backbone(layers, height, width, channels, rows_first=fastest)
    head = nn.Linear(layers[-1].units, 10)
    images = torch.rand(batch, channels, height, width)
    labels = torch.arange(batch) % 10
    left, right, different = backbones.pairs_of(labels, torch.Generator().manual_seed(1))
    if fastest:
        model = model.to(memory_format=torch.channels_last)
        images = images.to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(
        [*model.parameters(), *head.parameters()], lr=1e-3, eps=1e-7, **({"fused": True} if fastest else {}))

    def train():
        model.train()
        optimizer.zero_grad()
        embeddings = model(images)
        loss = backbones.contrastive_loss(embeddings, left, right, different)
        loss = loss + backbones.CLASSIFICATION_CONTRIBUTION * backbones.classification_loss(
            head(embeddings), labels, left, right)
        loss.backward()
        optimizer.step()
        return loss.item()

    def embed():
        model.eval()
        with torch.inference_mode():
            model(images)

    for mode, step in [("train", train), ("embed", embed)]:
        for _ in range(3):
            step()
        steps, start = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - start) < seconds:
            step()
            steps += 1
        print(json.dumps({"backbone": name, "mode": mode, "images_per_second": steps * batch / elapsed}))


def run(command, environment):
    """What the program printed, and the most memory that it held, in MiB."""
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(command, stdout=output, env=os.environ | environment)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"training_speed.py: error: {command[0]} failed with {process.returncode}; see above")
        output.seek(0)
        results = [json.loads(line) for line in output if line.strip()]
    return results, usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


def akin_program():
    subprocess.run(
        ["swift", "build", "-c", "release", "--package-path", ROOT / "Tools/Benchmarks"], check=True,
        stdout=sys.stderr)
    folder = subprocess.run(
        ["swift", "build", "-c", "release", "--package-path", ROOT / "Tools/Benchmarks", "--show-bin-path"],
        check=True, capture_output=True, text=True).stdout.strip()
    return Path(folder) / "training-speed"


def processor():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(": ")[1] for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def tables(speeds, memory, names, rounds, seconds):
    import torch

    yield f"Training speed, images a second: medians of {rounds} rounds of {seconds:g} s, {THREADS} threads."
    yield f"PyTorch {torch.__version__}, {processor()}, {platform.system()}, {time.strftime('%Y-%m-%d')}."
    others = list(PYTORCH)
    yield ""
    yield "| backbone | mode | Akin | " + " | ".join(f"{other} | Akin is" for other in others) + " |"
    yield "|---|---|---:|" + "---:|---:|" * len(others)
    for name in names:
        for mode in MODES:
            akin = statistics.median(speeds["Akin", name, mode])
            cells = [name, mode, f"{akin:,.0f}"]
            for other in others:
                peer = statistics.median(speeds[other, name, mode])
                cells += [f"{peer:,.0f}", f"{akin / peer:.2f} x"]
            yield "| " + " | ".join(cells) + " |"
    yield ""
    yield "Most memory held by the process, MiB (PyTorch's own libraries are in it):"
    yield ""
    programs = ["Akin", *others]
    yield "| backbone | " + " | ".join(programs) + " |"
    yield "|---|" + "---:|" * len(programs)
    for name in names:
        cells = [f"{statistics.median(memory[program, name]):,.0f}" for program in programs]
        yield f"| {name} | " + " | ".join(cells) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("backbones", nargs="*", help="of " + ", ".join(BACKBONES) + "; all if none is named")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5, help="of each measurement")
    parser.add_argument("--akin", help="training-speed, built already")
    parser.add_argument("--worker", choices=["usual", "fastest"], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    names = arguments.backbones or list(BACKBONES)
    if unknown := [name for name in names if name not in BACKBONES]:
        parser.error(f"there is no backbone {unknown[0]}; there are {', '.join(BACKBONES)}")
    if arguments.worker:
        return measure_pytorch(names[0], arguments.seconds, arguments.worker == "fastest")

    program = arguments.akin or str(akin_program())
    if os.getloadavg()[0] > 0.5:
        print(f"training_speed.py: other programs are running (load {os.getloadavg()[0]:.1f})", file=sys.stderr)
    seconds = str(arguments.seconds)
    commands = {"Akin": ([program], [seconds], {"AKIN_THREADS": str(THREADS)})}
    for title, (environment, fastest) in PYTORCH.items():
        worker = ["--seconds", seconds, "--worker", "fastest" if fastest else "usual"]
        commands[title] = ([sys.executable, __file__], worker, environment)
    speeds, memory = defaultdict(list), defaultdict(list)
    for turn in range(arguments.rounds):
        for name in names:
            for title, (start, end, environment) in commands.items():
                results, peak = run([*start, name, *end], environment)
                memory[title, name].append(peak)
                for result in results:
                    speeds[title, name, result["mode"]].append(result["images_per_second"])
                shown = ", ".join(f"{r['mode']} {r['images_per_second']:,.0f}" for r in results)
                print(f"round {turn + 1}, {name}, {title}: {shown} images/s, {peak:,.0f} MiB", file=sys.stderr)
    print("\n".join(tables(speeds, memory, names, arguments.rounds, arguments.seconds)))


if __name__ == "__main__":
    main()
