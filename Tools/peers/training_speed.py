#!/usr/bin/env python3
# Run with PyTorch 2.13 on an idle machine: python3 Tools/peers/training_speed.py   (--help says more)
"""Training steps and embedding, Akin beside PyTorch on the CPU: images a second, the share of the machine's rate of
matrix products that this is, the most memory held, and how often a training step of Akin's allocates.

Both programs run in turn, a process for each backbone and mode, in several rounds; the table holds medians. A step
is the pair siamese with classification: each image of the batch is embedded once, contrastive loss on 1 positive and
4 negative pairs an image, softmax cross-entropy with weight 0.125, Adam. Koch's network has binary cross-entropy on
a learned L1 distance of the same pairs instead. PyTorch's batch is the same at each step, so that its reading of
images is not measured; Akin's own choice of a batch is.

PyTorch runs in three ways: with glibc's allocator told to keep its memory, which is the one that counts; as it
comes; and tuned, in the memory format channels_last and with its fused Adam, which is as fast as it gets there.

The share is of what `sgemm` of the OpenBLAS that Akin uses reaches in the same run, on as many threads. Operations
are those of the plain algorithm: 2 a multiplication of the layers, three times that in training, less the gradient
at the images. An algorithm with fewer multiplications may pass 100 %.

Akin's side is `training-speed` of Tools/Benchmarks (its main.swift says what it is called with and prints).
"""

import argparse
import json
import math
import os
import platform
import statistics
import subprocess
import sys
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
    "conv4": ("conv4", {}, 28, 28, 1, 256),
    "koch": ("koch", {}, 105, 105, 1, 32),
    "cifar10-200": ("cifar10", {"dense": 256}, 200, 200, 1, 32),
}
MODES = ["train", "embed"]
AKIN = "Akin"
KEEP_MEMORY = {"MALLOC_TRIM_THRESHOLD_": str(1 << 40), "MALLOC_MMAP_THRESHOLD_": str(1 << 40)}
# Key: title, environment, whether in the fastest layout.
PYTORCH = {
    "tuned": ("PyTorch, allocator tuned", KEEP_MEMORY, False),
    "untuned": ("PyTorch", {}, False),
    "fastest": ("PyTorch, tuned, channels_last, fused Adam", KEEP_MEMORY, True),
}


def layers_of(name):
    import backbones

    function, widths, *shape, batch = BACKBONES[name]
    return getattr(backbones, function)(**widths), shape, batch


def operations(name, mode):
    """Of one image, in units of 10^9."""
    import backbones

    layers, shape, _ = layers_of(name)
    multiplications, _ = backbones.sizes(layers, *shape)
    total = sum(multiplications)
    return 2e-9 * (total if mode == "embed" else 3 * total - multiplications[0])


def peak_memory():
    """The most memory that this process has held, in MiB."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)


def measure_pytorch(name, mode, seconds, fastest):
    """In a process of its own: prints what `training-speed` prints."""
    import torch

    import backbones

    torch.set_num_threads(THREADS)
    torch.manual_seed(1)
    layers, (height, width, channels), batch = layers_of(name)
    model, _ = backbones.backbone(layers, height, width, channels, rows_first=fastest)
    _, dimension = backbones.sizes(layers, height, width, channels)
    images = torch.rand(batch, channels, height, width)
    labels = torch.arange(batch) % 10
    if fastest:
        model = model.to(memory_format=torch.channels_last)
        images = images.to(memory_format=torch.channels_last)

    def trainer():
        left, right, different = backbones.pairs_of(labels, torch.Generator().manual_seed(1))
        if name == "koch":
            loss_function = backbones.LearnedL1(dimension)
            targets = (left, right, different)
        else:
            loss_function = backbones.ContrastiveWithHead(dimension, 10)
            targets = (labels, left, right, different)
        optimizer = torch.optim.Adam(
            [*model.parameters(), *loss_function.parameters()], lr=1e-3, eps=1e-7,
            **({"fused": True} if fastest else {}))
        model.train()

        def step():
            optimizer.zero_grad()
            loss = loss_function(model(images), *targets)
            loss.backward()
            optimizer.step()
            return loss.item()

        return step

    def embedder():
        model.eval()

        def step():
            with torch.inference_mode():
                model(images)

        return step

    step = trainer() if mode == "train" else embedder()
    for _ in range(3):
        step()
    steps, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < seconds:
        step()
        steps += 1
    print(json.dumps({
        "backbone": name, "mode": mode, "images_per_second": steps * batch / elapsed, "peak_mib": peak_memory()}))


def run(command, environment):
    """The object that the program printed."""
    process = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=os.environ | environment)
    if process.returncode:
        sys.exit(f"training_speed.py: error: {command[0]} failed with {process.returncode}; see above")
    return json.loads(process.stdout)


def akin_program():
    build = ["swift", "build", "-c", "release", "--package-path", ROOT / "Tools/Benchmarks"]
    subprocess.run(build, check=True, stdout=sys.stderr)
    folder = subprocess.run([*build, "--show-bin-path"], check=True, capture_output=True, text=True).stdout.strip()
    return Path(folder) / "training-speed"


def processor():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(": ")[1] for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def tables(results, sgemm, names, peers, rounds, seconds):
    """`results[program, backbone, mode]` and `sgemm` are lists of what was printed, one a round."""
    from importlib.metadata import version

    def median(program, name, mode, key):
        return statistics.median(result[key] for result in results[program, name, mode])

    rate = statistics.median(result["gflops"] for result in sgemm)
    asked = os.environ.get("OPENBLAS_CORETYPE")
    yield f"Medians of {rounds} rounds of {seconds:g} s, {THREADS} threads."
    yield f"PyTorch {version('torch')}, {processor()}, {platform.system()}, {time.strftime('%Y-%m-%d')}."
    yield (
        f"Akin's loops are {sgemm[0]['loops']}; its OpenBLAS runs {sgemm[0]['kernels']} kernels "
        + (f"(OPENBLAS_CORETYPE={asked} is set)" if asked else "(OPENBLAS_CORETYPE is not set)")
        + f", `sgemm` {rate:,.0f} GFLOP/s.")
    for mode in MODES:
        title = {"train": "Training", "embed": "Embedding"}[mode]
        allocations = " allocations a step |" if mode == "train" else ""
        yield ""
        yield f"| {title} | program | images/s | Akin is | of `sgemm` | peak MiB |{allocations}"
        yield "|---|---|---:|---:|---:|---:|" + ("---:|" if allocations else "")
        ratios = defaultdict(list)
        for name in names:
            akin = median(AKIN, name, mode, "images_per_second")
            for program in [AKIN, *peers]:
                speed = median(program, name, mode, "images_per_second")
                own = program == AKIN
                ratios[program].append(akin / speed)
                cells = [
                    name if own else "", AKIN if own else PYTORCH[program][0], f"{speed:,.0f}",
                    "" if own else f"{akin / speed:.2f} x",
                    f"{100 * speed * operations(name, mode) / rate:.0f} %",
                    f"{median(program, name, mode, 'peak_mib'):,.0f}"]
                if allocations:
                    counts = [result.get("allocations_per_step") for result in results[program, name, mode]]
                    cells.append(f"{max(counts):g}" if own and None not in counts else "")
                yield "| " + " | ".join(cells) + " |"
        for program in peers:
            mean = math.prod(ratios[program]) ** (1 / len(names))
            yield f"| all | {PYTORCH[program][0]} | | {mean:.2f} x | | |" + (" |" if allocations else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("backbones", nargs="*", help="of " + ", ".join(BACKBONES) + "; all if none is named")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5, help="of each measurement")
    parser.add_argument(
        "--peers", default=",".join(PYTORCH), help="which of " + ", ".join(PYTORCH) + ", with commas; all if not said")
    parser.add_argument("--akin", help="training-speed, built already")
    parser.add_argument("--worker", nargs=2, metavar=("PEER", "MODE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    names = arguments.backbones or list(BACKBONES)
    peers = [peer for peer in arguments.peers.split(",") if peer]
    for wanted, known, what in [(names, BACKBONES, "backbone"), (peers, PYTORCH, "peer")]:
        if unknown := [name for name in wanted if name not in known]:
            parser.error(f"there is no {what} {unknown[0]}; there are {', '.join(known)}")
    if arguments.worker:
        peer, mode = arguments.worker
        return measure_pytorch(names[0], mode, arguments.seconds, PYTORCH[peer][2])

    program = arguments.akin or str(akin_program())
    if os.getloadavg()[0] > 0.5:
        print(f"training_speed.py: other programs are running (load {os.getloadavg()[0]:.1f})", file=sys.stderr)
    seconds = str(arguments.seconds)
    two_threads = {"AKIN_THREADS": str(THREADS)}

    def measure(title, name, mode):
        if title == AKIN:
            return run([program, name, mode, seconds], two_threads)
        command = [sys.executable, __file__, name, "--seconds", seconds, "--worker", title, mode]
        return run(command, PYTORCH[title][1])

    results, sgemm = defaultdict(list), []
    for turn in range(arguments.rounds):
        sgemm.append(run([program, "sgemm", seconds], two_threads))
        print(f"round {turn + 1}, sgemm: {sgemm[-1]['gflops']:.0f} GFLOP/s", file=sys.stderr)
        for name in names:
            for mode in MODES:
                for title in [AKIN, *peers]:
                    result = measure(title, name, mode)
                    results[title, name, mode].append(result)
                    print(
                        f"round {turn + 1}, {name}, {mode}, {title}: {result['images_per_second']:,.0f} images/s, "
                        f"{result['peak_mib']:,.0f} MiB", file=sys.stderr)
    print("\n".join(tables(results, sgemm, names, peers, arguments.rounds, arguments.seconds)))


if __name__ == "__main__":
    main()
