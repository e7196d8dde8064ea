"""Training steps of the full-size networks as they are, and through torch.compile (which needs a C++ compiler).

    python benchmarks/bench_compile.py [--networks gaitgl unet] [--repeats 5]

Both forms compute in bfloat16 and take turns in one process. Processor seconds, medians. Nothing compiled is kept from
run to run, so that the time of compiling is that of a first run.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from statistics import median

import torch
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ["TORCHINDUCTOR_FORCE_DISABLE_CACHES"] = "1"

from benchmarks.bench_train import timed
from benchmarks.training_steps import training_step

CLIPS, FRAMES = 8, 30
NETWORKS = ("unet", "gaitset", "gaitpart", "gaitgl")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", nargs="+", default=list(NETWORKS), choices=NETWORKS)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    table = Table("step", "as it is", "compiled", "times faster", "compiling")
    found = {}
    for name in options.networks:
        fast = training_step(name, "fast", CLIPS, FRAMES)
        compiled = training_step(name, "compiled", CLIPS, FRAMES)
        fast()
        once = timed(compiled)["seconds"]
        taken = [(timed(fast)["processor"], timed(compiled)["processor"]) for _ in range(options.repeats)]
        plain, other = (median(turn[i] for turn in taken) for i in (0, 1))
        found[name] = {"fast": plain, "compiled": other, "compiling": once}
        table.add_row(name, f"{plain:.2f} s", f"{other:.2f} s", f"{plain / other:.2f}", f"{once:.0f} s")
    Console(stderr=True).print(table)
    print(json.dumps({"benchmark": "compile", "torch": torch.__version__, "networks": found}))


if __name__ == "__main__":
    main()
