"""Frames per second that `gaitprep synth` films on one core, and how long it takes to start; JSON lines on stdout.

    python benchmarks/bench_synth.py [--videos 12] [--only start|WORLD[+STRESSOR]…]…

The frames (320×240, encoding and truth included) are counted against the CPU time of this process, after one video of
each camera, so that other work on the machine hardly matters. There is a row for each world, for each stressor outdoors
(where half of the walks have passers-by), and for the worst combinations. Each video shows another walk; in real
runs the cameras of a walk share its people, as in the rows that say `whole_walk`. Starts are wall time of a whole
command that films two frames with caches that are empty (body model and compiled code built) and with the same caches
filled, and its CPU time.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import get_args

from gaitprep.synth.config import Stressor, SynthConfig
from gaitprep.synth.plan import takes
from gaitprep.synth.shoot import shoot

WORST: list[list[Stressor]] = [["jitter", "occluder"], ["crossing", "jitter", "occluder"]]


def frames_per_second(
    folder: Path, videos: int, world: str, stressors: list[Stressor], whole_walk: bool
) -> dict[str, object]:
    """Films videos of preset `small` in this process: of one walk or spread over all."""
    config = SynthConfig.model_validate({"world": world, "preset": "small", "stressors": stressors})
    planned = takes(config)[:: 1 if whole_walk else len(takes(config)) // videos][:videos]
    for take in {take.view: take for take in planned}.values():
        shoot(replace(take, frames=4), folder / "warm.mp4")
    begun = time.process_time()
    people = 0
    for take in planned:
        people += take.frames + take.frames * shoot(take, folder / "timed.mp4")["passers"]
    seconds = time.process_time() - begun
    frames = sum(take.frames for take in planned)
    return {
        "benchmark": "synth",
        "world": world,
        "stressors": stressors,
        "whole_walk": whole_walk,
        "frames": frames,
        "people_per_frame": round(people / frames + ("crossing" in stressors), 2),
        "frames_per_second_per_core": round(frames / seconds, 1),
    }


def start_seconds(folder: Path) -> dict[str, object]:
    """Times the command with empty caches, and again."""
    kept = {
        "GAITPREP_CACHE": folder / "cache",
        "NUMBA_CACHE_DIR": folder / "compiled",
        "ANNY_CACHE_DIR": folder / "anny",
    }
    surroundings = os.environ | {name: str(path) for name, path in kept.items()}
    command = [sys.executable, "-m", "gaitprep", "synth", "--subjects", "1", "--workers", "1"]
    command += ["--set", "frames=2", "--set", "views=['090']", "--set", "conditions=['nm-01']", "--out"]
    found: dict[str, object] = {"benchmark": "synth start"}
    for name in ("first", "later"):
        begun, used = time.monotonic(), _cpu_of_children()
        subprocess.run([*command, str(folder / name)], env=surroundings, check=True, stderr=subprocess.DEVNULL)
        found[f"{name}_seconds"] = round(time.monotonic() - begun, 1)
        found[f"{name}_cpu_seconds"] = round(_cpu_of_children() - used, 1)
    sizes = {
        name: sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) for name, folder in kept.items()
    }
    return found | {f"{name.lower()}_megabytes": round(size / 1e6, 1) for name, size in sizes.items()}


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--videos", type=int, default=12)
    parser.add_argument(
        "--only", action="append", help="start, or a world and stressors, as outdoor+jitter; repeatable"
    )
    options = parser.parse_args()
    single: list[list[Stressor]] = [[name] for name in get_args(Stressor)]
    rows: list[tuple[str, list[Stressor], bool]] = [("indoor", [], False), ("indoor", [], True), ("outdoor", [], False)]
    rows += [("outdoor", [], True), *(("outdoor", stressors, False) for stressors in [*single, *WORST])]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for world, stressors, whole_walk in rows:
            if not options.only or "+".join([world, *stressors]) in options.only:
                print(json.dumps(frames_per_second(folder, options.videos, world, stressors, whole_walk)), flush=True)
        if not options.only or "start" in options.only:
            print(json.dumps(start_seconds(folder)))


if __name__ == "__main__":
    main()
