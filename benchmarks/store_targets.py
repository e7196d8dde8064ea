"""Runs the benchmarks of the store and holds their figures against its targets; JSON lines, then a table on stderr.

    python benchmarks/store_targets.py [--clock wall|cpu] [--dir DIR]

What the figures mean is said in `bench_store.py`, `bench_loader.py` and `bench_pack.py`. Takes about five minutes on
two cores. All ratios are of one run. Times of other machines and of busy ones miss or meet targets for no reason of
the store's: the targets are for two quiet cores.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent

Line = dict[str, Any]
Row = tuple[str, float, str, float]
"""What, its figure, `≤` or `≥`, and the target."""


def run(script: str, *options: str) -> Iterator[Line]:
    """The lines that a benchmark prints, as it prints them."""
    command = [sys.executable, str(HERE / script), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            yield json.loads(line)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}; run it alone to see why")


def of_windows(lines: list[Line]) -> Iterator[Row]:
    """Random windows against the plain ways."""
    times = {(x["array"], x["cache"], x["reader"]): x["window_ms"] for x in lines if x["bench"] == "store"}
    for array in ("rgb", "silhouette", "mask"):
        warm = {way: times[array, "warm", way] for way in ("memmap", "pickle", "zarr-python", "gaitprep")}
        own = warm["gaitprep"]
        yield f"{array} window, warm: time by that of a memmap copy", own / warm["memmap"], "≤", 3
        yield f"{array} window, warm: speed by that of zarr-python", warm["zarr-python"] / own, "≥", 4
        yield f"{array} window, warm: time by that of a pickle", own / warm["pickle"], "≤", 1.5
        cold = times[array, "cold", "gaitprep"] / times[array, "cold", "pickle"]
        yield f"{array} window, cold: time by that of a pickle", cold, "≤", 1
    (verify,) = (x for x in lines if x["bench"] == "verify" and not x["fast"])
    yield "verify, MB/s", verify["mb_per_second"], "≥", 1000


def of_growth(lines: list[Line]) -> Iterator[Row]:
    """Windows in ever larger stores."""
    small, large = lines[0], lines[-1]
    for array in ("rgb", "mask", "silhouette"):
        ratio = large[array]["again_ms"] / small[array]["again_ms"]
        yield f"{array} window, {large['sequences']} by {small['sequences']} sequences: time", ratio, "≤", 1.25


def of_loader(lines: list[Line]) -> Iterator[Row]:
    """The loader against the reader, in training, and at its start."""
    for line in lines:
        if line["bench"] == "loader":
            for threads in (1, 2):
                what = f"loader, {line['batches_of']}, {threads} thread{'s' * (threads > 1)}: speed by the reader's"
                yield what, line[f"share_{threads}_threads"], "≥", 0.9
        if line["bench"] == "waiting" and line["phase"] != "segmentation":
            yield f"training, {line['phase']}, preset cpu: share of waiting", line["waited_share"], "≤", 0.02
    _, small, *_, large = (line for line in lines if line["bench"] == "start")  # with 100 the cache is not yet full
    yield f"first batch of {large['sequences']} sequences, seconds", large["first_batch_seconds"], "≤", 1
    growth = large["memory_mb"] / small["memory_mb"]
    yield f"memory of {large['sequences']} by that of {small['sequences']} sequences", growth, "≤", 1.25


def of_pack(line: Line) -> Iterator[Row]:
    """Packing against raw writing."""
    yield "pack, 2 workers, MB/s", line["mb_per_second"], "≥", 250
    yield "pack, 2 workers: speed by that of raw writing", line["share_of_raw"], "≥", 0.8


def table(rows: list[Row]) -> None:
    """Each target with its figure."""
    width = max(len(what) for what, *_ in rows)
    print(f"\n{'':{width}}  {'figure':>8}  {'target':>8}", file=sys.stderr)
    for what, figure, sign, target in rows:
        met = figure <= target if sign == "≤" else figure >= target
        shown = f"{figure:.0f}" if figure >= 100 else f"{figure:.3g}"
        print(f"{what:{width}}  {shown:>8}  {f'{sign} {target:g}':>8}  {'met' if met else 'MISSED'}", file=sys.stderr)


def main() -> None:
    """Runs them one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall")
    parser.add_argument("--dir", type=Path, help="a folder on the disk to measure")
    options = parser.parse_args()
    where = ["--dir", str(options.dir)] if options.dir else []
    clock = ["--clock", options.clock, *where]
    rows = [*of_windows(list(run("bench_store.py", "--rounds", "4", *clock)))]
    rows += of_growth(list(run("bench_store.py", "--growth", "--rounds", "5", *clock)))
    rows += of_loader(list(run("bench_loader.py", *clock)))
    rows += of_pack(*run("bench_pack.py", "--videos", "80", *where))
    table(rows)


if __name__ == "__main__":
    main()
