"""Frames per second that `gaitprep synth` films on one core, and how long it takes to start; JSON lines on stdout.

    python benchmarks/bench_synth.py [--videos 12] [--no-start]

The frames (320×240, encoding and truth included) are counted against the CPU time of this process, after one video of
each camera, so that other work on the machine hardly matters. Starts are wall time of a whole command that films two
frames with caches that are empty (body model and compiled code built) and with the same caches filled,
and its CPU time.
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
from pathlib import Path

from gaitprep.synth.config import Stressor, SynthConfig
from gaitprep.synth.plan import takes
from gaitprep.synth.shoot import shoot


def frames_per_second(folder: Path, videos: int, world: str, stressors: list[Stressor]) -> dict[str, object]:
    """Films the first videos of preset `small` in this process."""
    config = SynthConfig.model_validate({"world": world, "preset": "small", "stressors": stressors})
    planned = takes(config)[:: len(takes(config)) // videos][:videos]
    for take in {take.view: take for take in planned}.values():
        shoot(take, folder / "warm.mp4")
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
        "frames": frames,
        "people_per_frame": round(people / frames, 2),
        "frames_per_second_per_core": round(frames / seconds, 1),
    }


def start_seconds(folder: Path) -> dict[str, object]:
    """Times the command with empty caches, and again."""
    surroundings = os.environ | {"GAITPREP_CACHE": str(folder / "cache"), "NUMBA_CACHE_DIR": str(folder / "compiled")}
    command = [sys.executable, "-m", "gaitprep", "synth", "--subjects", "1", "--workers", "1"]
    command += ["--set", "frames=2", "--set", "views=['090']", "--set", "conditions=['nm-01']", "--out"]
    found: dict[str, object] = {"benchmark": "synth start"}
    for name in ("first", "later"):
        begun, used = time.monotonic(), _cpu_of_children()
        subprocess.run([*command, str(folder / name)], env=surroundings, check=True, stderr=subprocess.DEVNULL)
        found[f"{name}_seconds"] = round(time.monotonic() - begun, 1)
        found[f"{name}_cpu_seconds"] = round(_cpu_of_children() - used, 1)
    size = sum(path.stat().st_size for path in (folder / "cache").rglob("*") if path.is_file())
    return found | {"cache_megabytes": round(size / 1e6, 1)}


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--videos", type=int, default=12)
    parser.add_argument("--no-start", action="store_true", help="leave out the starts, which build the body model")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        runs: list[tuple[str, list[Stressor]]] = [("indoor", []), ("outdoor", []), ("outdoor", ["occluder", "jitter"])]
        for world, stressors in runs:
            print(json.dumps(frames_per_second(folder, options.videos, world, stressors)), flush=True)
        if not options.no_start:
            print(json.dumps(start_seconds(folder)))


if __name__ == "__main__":
    main()
