#!/usr/bin/env python3
# Run with hnswlib 0.8, faiss-cpu 1.15 and usearch 2.26 on an idle machine: python3 Tools/peers/search_speed.py
"""Nearest neighbours, Akin beside hnswlib, faiss and usearch: recall@10 and queries a second on one thread, the time that
building takes, and exact search.

Data: Fashion-MNIST's 60,000 x 784 raw pixels, its 10,000 test images as queries, l2, k = 10; or what a backbone makes of
them (--backbone CHECKPOINT); or drawn vectors of 128 dimensions (--drawn 1000000), which are 32 true ones, mixed, and
a little noise; or any two float32 .npy files (--base, --queries). All graphs have M = 16 and ef_construction = 200. Every
program gets all queries in one call and is measured several times; the best counts. Akin answers from its file, in a process
of its own for each measurement; the others hold everything in memory. The programs are measured in turn, in several rounds;
the table has the medians.
"""

import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
WIDTHS = [10, 15, 20, 25, 30, 40, 60, 80, 120, 200, 400]
K = 10


def images(name):
    path = ROOT / "datasets/fashion-mnist" / name
    with gzip.open(path) as file:
        data = file.read()
    count = int.from_bytes(data[4:8], "big")
    return np.frombuffer(data, np.uint8, offset=16).reshape(count, 784).astype(np.float32)


def embeddings(searcher, checkpoint, folder):
    """What a backbone makes of both sets of images."""
    for which in ("train", "t10k"):
        data = ROOT / "datasets/fashion-mnist"
        files = [data / f"{which}-images-idx3-ubyte.gz", data / f"{which}-labels-idx1-ubyte.gz"]
        run([searcher, "embed", checkpoint, *files, Path(folder) / which], 2)
        rows = np.fromfile(Path(folder) / which, np.float32)
        yield rows.reshape(60000 if which == "train" else 10000, -1)


def drawn(count, queries=1000, dimension=128, true=32):
    generator = np.random.default_rng(1)
    mixing = generator.normal(size=(true, dimension)).astype(np.float32) / np.float32(true**0.5)
    points = generator.normal(size=(count + queries, true)).astype(np.float32) @ mixing
    points += generator.normal(size=points.shape).astype(np.float32) * np.float32(0.15)
    return points[:count], points[count:]


def resident_mib(kind):
    """What this process holds: `Anon` is its own memory, `File` are mapped pages."""
    line = next(line for line in open("/proc/self/status") if line.startswith(f"Rss{kind}:"))
    return int(line.split()[1]) / 1024


def recall(found, truth):
    return float(np.mean([len(set(a) & set(b)) for a, b in zip(found, truth)])) / K


def timed(body, passes=3):
    best, result = float("inf"), None
    for _ in range(passes):
        began = time.perf_counter()
        result = body()
        best = min(best, time.perf_counter() - began)
    return best, result


def run(command, threads):
    environment = dict(os.environ, AKIN_THREADS=str(threads))
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout


def programs():
    """`search-speed` and `akin`, built."""
    build = ["swift", "build", "-c", "release", "--package-path", str(ROOT / "Tools/Benchmarks")]
    subprocess.run(build + ["--product", "search-speed"], check=True, stdout=sys.stderr)
    where = subprocess.run(build + ["--show-bin-path"], check=True, capture_output=True, text=True)
    subprocess.run(["swift", "build", "-c", "release", "--product", "akin"], cwd=ROOT, check=True, stdout=sys.stderr)
    return Path(where.stdout.strip()) / "search-speed", ROOT / ".build/release/akin"


class Akin:
    name = "Akin"

    def __init__(self, base, queries, folder, searcher, akin):
        self.searcher, self.akin = searcher, akin
        self.folder = Path(folder)
        np.save(self.folder / "base.npy", base)
        queries.tofile(self.folder / "queries.f32")
        self.index = str(self.folder / "index")
        began = time.perf_counter()
        report = json.loads(
            run([self.akin, "index", "import", self.index, self.folder / "base.npy", "--backbone-name", "raw", "--json"], 2))
        self.importing = report["items_per_second"]
        # A large index gets its graph at once.
        self.built = {2: time.perf_counter() - began - len(base) / self.importing} if len(base) >= 100_000 else {}

    def build(self, threads):
        if threads in self.built:
            return self.built[threads]
        run([self.akin, "index", "build", self.index, "--drop"], threads)
        began = time.perf_counter()
        run([self.akin, "index", "build", self.index], threads)
        return time.perf_counter() - began

    def search(self, widths, threads=1):
        answers = self.folder / "answers"
        lines = run([self.searcher, self.index, self.folder / "queries.f32", answers, *map(str, widths)], threads)
        self.opening, *rows, self.memory = [json.loads(line) for line in lines.splitlines()]
        return {
            row["width"]: (row["queries_per_second"],
                           np.fromfile(f"{answers}.{row['width']}", np.int32).reshape(-1, K))
            for row in rows
        }


class HNSWLib:
    name = "hnswlib"

    def __init__(self, base, queries):
        self.base, self.queries = base, queries

    def build(self, threads):
        import hnswlib

        self.index = hnswlib.Index("l2", self.base.shape[1])
        self.index.init_index(len(self.base), M=16, ef_construction=200)
        began = time.perf_counter()
        self.index.add_items(self.base, num_threads=threads)
        return time.perf_counter() - began

    def loading(self, folder):
        """Seconds that loading a saved index takes, the memory that it then holds and the size of its file, in MiB."""
        import hnswlib

        path = str(Path(folder) / "hnswlib")
        self.index.save_index(path)
        before = resident_mib("Anon")
        loaded = hnswlib.Index("l2", self.base.shape[1])
        began = time.perf_counter()
        loaded.load_index(path)
        return time.perf_counter() - began, resident_mib("Anon") - before, os.path.getsize(path) / 2**20

    def search(self, widths):
        self.index.set_num_threads(1)
        for width in widths:
            self.index.set_ef(width)
            seconds, found = timed(lambda: self.index.knn_query(self.queries, K)[0])
            yield width, len(self.queries) / seconds, found


class Faiss:
    name = "faiss HNSW"

    def __init__(self, base, queries):
        self.base, self.queries = base, queries

    def build(self, threads):
        import faiss

        faiss.omp_set_num_threads(threads)
        self.index = faiss.IndexHNSWFlat(self.base.shape[1], 16)
        self.index.hnsw.efConstruction = 200
        began = time.perf_counter()
        self.index.add(self.base)
        return time.perf_counter() - began

    def search(self, widths):
        import faiss

        faiss.omp_set_num_threads(1)
        for width in widths:
            self.index.hnsw.efSearch = width
            seconds, found = timed(lambda: self.index.search(self.queries, K)[1])
            yield width, len(self.queries) / seconds, found


class USearch:
    name = "usearch bf16"

    def __init__(self, base, queries):
        self.base, self.queries = base, queries

    def build(self, threads):
        from usearch.index import Index

        self.index = Index(ndim=self.base.shape[1], metric="l2sq", dtype="bf16", connectivity=16, expansion_add=200)
        began = time.perf_counter()
        self.index.add(np.arange(len(self.base)), self.base, threads=threads)
        return time.perf_counter() - began

    def search(self, widths):
        for width in widths:
            self.index.expansion_search = width
            seconds, found = timed(lambda: self.index.search(self.queries, K, threads=1).keys)
            yield width, len(self.queries) / seconds, found.astype(np.int64)


def at_recall(curve, wanted):
    """Queries a second at this recall, on the line between the two points around it; None where it is not reached."""
    points = sorted(curve)
    for (r0, q0), (r1, q1) in zip(points, points[1:]):
        if r0 < wanted <= r1:
            return q0 + (q1 - q0) * (wanted - r0) / (r1 - r0)
    return points[0][1] if points and points[0][0] >= wanted else None


def draw(curves, path):
    """Queries a second, logarithmic, over recall from 0.9 on."""
    width, height, left, top, right, bottom = 720, 440, 70, 20, 170, 50
    inner = [(r, q) for curve in curves.values() for r, q in curve if r >= 0.9]
    low, high = min(q for _, q in inner) * 0.9, max(q for _, q in inner) * 1.1
    x = lambda r: left + (r - 0.9) / 0.1 * (width - left - right)
    y = lambda q: height - bottom - np.log(q / low) / np.log(high / low) * (height - top - bottom)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
           f'font-size="13"><rect width="{width}" height="{height}" fill="white"/>']
    for r in np.arange(0.90, 1.001, 0.02):
        out.append(f'<path d="M{x(r):.1f} {top}V{height - bottom}" stroke="#ddd"/>'
                   f'<text x="{x(r):.1f}" y="{height - bottom + 18}" text-anchor="middle">{r:.2f}</text>')
    for q in (1000, 2000, 5000, 10000, 20000, 50000, 100000):
        if low <= q <= high:
            out.append(f'<path d="M{left} {y(q):.1f}H{width - right}" stroke="#ddd"/>'
                       f'<text x="{left - 6}" y="{y(q) + 4:.1f}" text-anchor="end">{q}</text>')
    for color, (name, curve) in zip(("#c0392b", "#2980b9", "#27ae60", "#8e44ad"), curves.items()):
        points = [(r, q) for r, q in sorted(curve) if r >= 0.9]
        line = " ".join(f"{x(r):.1f},{y(q):.1f}" for r, q in points)
        out.append(f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="2"/>')
        out += [f'<circle cx="{x(r):.1f}" cy="{y(q):.1f}" r="3" fill="{color}"/>' for r, q in points]
        row = top + 20 + 22 * list(curves).index(name)
        out.append(f'<rect x="{width - right + 14}" y="{row - 10}" width="12" height="12" fill="{color}"/>'
                   f'<text x="{width - right + 32}" y="{row}">{name}</text>')
    out.append(f'<text x="{(left + width - right) / 2}" y="{height - 12}" text-anchor="middle">recall of the 10 nearest'
               f'</text><text x="16" y="{height / 2}" text-anchor="middle" transform="rotate(-90 16 {height / 2})">'
               "queries a second, one thread</text></svg>")
    Path(path).write_text("\n".join(out))


PEERS = {"hnswlib": HNSWLib, "faiss": Faiss, "usearch": USearch}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base")
    parser.add_argument("--queries")
    parser.add_argument("--backbone", metavar="CHECKPOINT", help="what it makes of Fashion-MNIST's images")
    parser.add_argument("--drawn", type=int, metavar="COUNT", help="so many drawn vectors")
    parser.add_argument("--peers", default=",".join(PEERS), help="which of " + ", ".join(PEERS) + ", with commas")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", default="2,1", help="how many build the graphs, in turn; with commas")
    parser.add_argument("--curve", default="search-speed.svg", help="where the curve goes")
    options = parser.parse_args()
    threads = [int(count) for count in options.threads.split(",")]
    searcher, program = programs()

    import faiss

    with tempfile.TemporaryDirectory() as folder:
        if options.drawn:
            base, queries = drawn(options.drawn)
        elif options.backbone:
            base, queries = embeddings(searcher, options.backbone, folder)
        elif options.base:
            base, queries = (np.load(path).astype(np.float32) for path in (options.base, options.queries))
        else:
            base, queries = images("train-images-idx3-ubyte.gz"), images("t10k-images-idx3-ubyte.gz")
        akin = Akin(base, queries, folder, searcher, program)
        flat = faiss.IndexFlatL2(base.shape[1])
        flat.add(base)
        faiss.omp_set_num_threads(2)
        truth = flat.search(queries, K)[1]
        peers = [PEERS[name](base, queries) for name in options.peers.split(",") if name]
        building = {each.name: {count: each.build(count) for count in threads} for each in peers + [akin]}
        curves = {}
        exact = {"faiss, two threads": [], "faiss, one by one": [], "Akin, two threads": [], "Akin, one by one": []}
        for _ in range(options.rounds):
            for width, (rate, found) in akin.search(WIDTHS).items():
                curves.setdefault(akin.name, {}).setdefault(width, []).append((recall(found, truth), rate))
            memory = akin.memory
            for peer in peers:
                for width, rate, found in peer.search(WIDTHS):
                    curves.setdefault(peer.name, {}).setdefault(width, []).append((recall(found, truth), rate))
            faiss.omp_set_num_threads(2)
            exact["faiss, two threads"].append(len(queries) / timed(lambda: flat.search(queries, K), 1)[0])
            faiss.omp_set_num_threads(1)
            exact["faiss, one by one"].append(
                200 / timed(lambda: [flat.search(queries[i:i + 1], K) for i in range(200)], 1)[0])
            two = akin.search(["exact"], threads=2)["exact"]
            assert recall(two[1], truth) > 0.9999, "exact search must find the same"
            exact["Akin, two threads"].append(two[0])
            exact["Akin, one by one"].append(akin.search(["exact-single"])["exact-single"][0])
        loading = [peer.loading(folder) for peer in peers if peer.name == "hnswlib"]
        size = sum(path.stat().st_size for path in Path(akin.index).iterdir())
    curves = {
        name: [(rows[0][0], statistics.median(rate for _, rate in rows)) for rows in widths.values()]
        for name, widths in curves.items()
    }
    draw(curves, options.curve)
    print(f"{len(base)} x {base.shape[1]}, {len(queries)} queries, k = {K}, l2\n")
    titles = [f"building, {count} thread{'s' if count > 1 else ''}" for count in threads]
    print("| | queries/s at recall 0.99 | at 0.95 | " + " | ".join(titles) + " |\n|---|---|---" + "|---" * len(titles) + "|")
    for name, curve in curves.items():
        cells = [at_recall(curve, wanted) for wanted in (0.99, 0.95)]
        print(f"| {name} | " + " | ".join("-" if cell is None else f"{cell:.0f}" for cell in cells) + " | "
              + " | ".join(f"{building[name][count]:.1f} s" for count in threads) + " |")
    print("\n| exact search | queries/s |\n|---|---|")
    for name, rates in exact.items():
        print(f"| {name} | {statistics.median(rates):.0f} |")
    print(f"\nAkin: imported {akin.importing:.0f} vectors a second; {size / 2**20:.0f} MiB on disk beside "
          f"{base.nbytes / 2**20:.0f} MiB of vectors; opened in {1000 * akin.opening['open_seconds']:.1f} ms, first query "
          f"{1000 * akin.opening['first_query_seconds']:.1f} ms; resident after the searches by the graph: "
          f"{memory['anonymous_mib']:.0f} MiB of its own and {memory['mapped_mib']:.0f} MiB of mapped pages")
    for seconds, mib, size in loading:
        print(f"hnswlib: loading {seconds:.1f} s, then {mib:.0f} MiB of memory; {size:.0f} MiB on disk")


if __name__ == "__main__":
    main()
