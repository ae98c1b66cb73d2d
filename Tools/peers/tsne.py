#!/usr/bin/env python3
# Run: python3 Tools/peers/tsne.py --count 10000
"""t-SNE of Akin beside that of scikit-learn and of openTSNE on the same vectors: seconds, and the trustworthiness of each map
(12 neighbours, by scikit-learn for all).

Akin is the whole command, `akin map INDEX --json`: reading the index, finding neighbours, 1,000 steps, its own
trustworthiness, and writing the places. scikit-learn: TSNE(method="barnes_hut", init="pca") with 1,000 steps. openTSNE: its
defaults (750 steps), once by Barnes and Hut and once by interpolation (FIt-SNE), each with exact neighbours. All have perplexity
30, two threads, and run in turn, `--rounds` times; the best time counts.

The vectors are drawn: groups of a Gaussian each, whose centres lie in fewer dimensions than they have. Or --vectors FILE.npy.
Needs numpy and scikit-learn, `pip install openTSNE`, and the built `akin`.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]


def drawn(count, dimension, groups=100, true=16):
    generator = np.random.default_rng(1)
    mixing = generator.normal(size=(true, dimension)) / true**0.5
    centres = generator.normal(size=(groups, true)) * 1.5
    points = centres[np.arange(count) % groups] + generator.normal(size=(count, true)) * 0.5
    return (points @ mixing + generator.normal(size=(count, dimension)) * 0.1).astype(np.float32)


def akin(vectors, folder, program, threads):
    index = Path(folder) / "index"
    if not index.exists():
        np.save(Path(folder) / "vectors.npy", vectors)
        subprocess.run([program, "index", "import", index, Path(folder) / "vectors.npy", "--backbone-name", "drawn"],
                       check=True, capture_output=True)
    environment = dict(os.environ, AKIN_THREADS=str(threads))
    began = time.perf_counter()
    output = subprocess.run([program, "map", index, "--json"], check=True, capture_output=True, env=environment).stdout
    seconds = time.perf_counter() - began
    result = json.loads(output)
    return seconds, np.array([[point["x"], point["y"]] for point in result["points"]]), result["trustworthiness"]


def scikit_learn(vectors, threads):
    from sklearn.manifold import TSNE

    began = time.perf_counter()
    points = TSNE(perplexity=30, init="pca", method="barnes_hut", random_state=1, n_jobs=threads).fit_transform(vectors)
    return time.perf_counter() - began, points


def open_tsne(vectors, threads, gradient):
    from openTSNE import TSNE

    began = time.perf_counter()
    points = TSNE(perplexity=30, neighbors="exact", negative_gradient_method=gradient, n_jobs=threads,
                  random_state=1).fit(vectors)
    return time.perf_counter() - began, np.asarray(points)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--dimension", type=int, default=128)
    parser.add_argument("--vectors", help="a .npy file instead")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--program", default=ROOT / ".build/release/akin")
    options = parser.parse_args()
    from sklearn.manifold import trustworthiness

    vectors = np.load(options.vectors).astype(np.float32) if options.vectors else drawn(options.count, options.dimension)
    own = None
    with tempfile.TemporaryDirectory() as folder:
        def run_akin():
            nonlocal own
            seconds, points, own = akin(vectors, folder, options.program, options.threads)
            return seconds, points

        programs = {
            "Akin (whole command)": run_akin,
            "scikit-learn, Barnes-Hut": lambda: scikit_learn(vectors, options.threads),
            "openTSNE, Barnes-Hut": lambda: open_tsne(vectors, options.threads, "bh"),
            "openTSNE, interpolation": lambda: open_tsne(vectors, options.threads, "fft"),
        }
        found = {}
        for _ in range(options.rounds):
            for name, run in programs.items():
                seconds, points = run()
                best = min(seconds, found.get(name, (float("inf"),))[0])
                found[name] = (best, points)
    print(f"{len(vectors)} x {vectors.shape[1]}, perplexity 30, {options.threads} threads, best of {options.rounds}\n")
    print("| | seconds | trustworthiness (12 neighbours) |\n|---|---|---|")
    for name, (seconds, points) in found.items():
        print(f"| {name} | {seconds:.1f} | {trustworthiness(vectors, points, n_neighbors=12):.4f} |")
    print(f"\nAkin's own figure: {own:.4f}")


if __name__ == "__main__":
    main()
