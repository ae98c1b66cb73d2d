#!/usr/bin/env python3
# Run on an idle machine: python3 Tools/peers/query_latency.py INDEX PICTURES [--akin PROGRAM] [--before PROGRAM]
"""How long an answer takes of a program that keeps `akin query INDEX --files-from - --json` open, from the line written to the line read:
median and 99th percentile, by one and by four such programs at once; beside the same question asked through the library within one
process, and beside a process for each picture.

And how long all pictures of a folder take in one go, from the start to the first answer and to the last, beside another build of the
program (--before) in turn, pair by pair.

INDEX is an index with a backbone, PICTURES a folder of pictures, PNG or JPEG, whose files are asked about in an order drawn by a seed.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def pictures(folder):
    found = [os.path.join(place, name) for place, _, names in os.walk(folder) for name in names
             if name.lower().endswith((".png", ".jpg", ".jpeg"))]
    random.Random(1).shuffle(found)
    return found


def resident(akin, index, files, count, programs):
    """Seconds for each answer, of all programs."""
    times = []

    def ask(number):
        program = subprocess.Popen([akin, "query", index, "--files-from", "-", "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        own = []
        for turn in range(count + 5):
            line = (files[(turn * programs + number) % len(files)] + "\n").encode()
            began = time.perf_counter()
            program.stdin.write(line)
            program.stdin.flush()
            if not program.stdout.readline():
                raise SystemExit("the program ended before its input did")
            own.append(time.perf_counter() - began)
        program.stdin.close()
        program.wait()
        # The first wait for the start.
        times.extend(own[5:])

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(programs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(times)


def quantiles(times):
    times = sorted(times)
    return (f"median {1000 * statistics.median(times):.1f} ms, 99 % {1000 * times[int(0.99 * len(times))]:.1f} ms "
            f"of {len(times)} answers")


def within(index, files, count):
    """Seconds for each answer of Tools/Benchmarks' query-latency, which is built first."""
    package = os.path.join(ROOT, "Tools/Benchmarks")
    subprocess.run(["swift", "build", "-c", "release", "--package-path", package, "--product", "query-latency"],
                   stdout=subprocess.DEVNULL, check=True)
    program = os.path.join(package, ".build/release/query-latency")
    return json.loads(subprocess.run([program, index, str(count), *files[:count]], stdout=subprocess.PIPE, check=True).stdout)


def whole(akin, index, folder):
    """Seconds to the first answer and to the last."""
    began = time.perf_counter()
    program = subprocess.Popen([akin, "query", index, folder, "--json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    program.stdout.readline()
    first = time.perf_counter() - began
    for _ in program.stdout:
        pass
    program.wait()
    return first, time.perf_counter() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("index")
    parser.add_argument("pictures")
    parser.add_argument("--akin", default=os.path.join(ROOT, ".build/release/akin"))
    parser.add_argument("--before", help="another build of the program")
    parser.add_argument("--count", type=int, default=500, help="answers of each program")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    files = pictures(options.pictures)

    for programs in (1, 4):
        times = resident(options.akin, options.index, files, options.count, programs)
        print(f"{programs} open: {quantiles(times)}")
    print(f"through the library, in one process: {quantiles(within(options.index, files, options.count))}")
    single = []
    for file in files[:30]:
        began = time.perf_counter()
        subprocess.run([options.akin, "query", options.index, file, "--json"], stdout=subprocess.DEVNULL, check=True)
        single.append(time.perf_counter() - began)
    print(f"a process a picture: median {1000 * statistics.median(single):.1f} ms")

    programs = {"now": options.akin, **({"before": options.before} if options.before else {})}
    runs = {name: [] for name in programs}
    for turn in range(options.rounds):
        for name in (list(programs) if turn % 2 == 0 else list(programs)[::-1]):
            runs[name].append(whole(programs[name], options.index, options.pictures))
    for name, times in runs.items():
        if not times:
            continue
        print(f"{len(files)} pictures in one go, {name}: first answer {1000 * statistics.median(t[0] for t in times):.0f} ms, "
              f"all {statistics.median(t[1] for t in times):.2f} s")
    if options.before and options.rounds:
        ratios = [now[1] / before[1] for now, before in zip(runs["now"], runs["before"])]
        print(f"all, now / before: {', '.join(f'{ratio:.3f}' for ratio in ratios)}")


if __name__ == "__main__":
    main()
