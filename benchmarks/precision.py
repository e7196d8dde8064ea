"""Training in bfloat16 beside training in float32: the same seeds, the same batches, the losses and rank-1.

    python benchmarks/precision.py --store data/stores/demo-indoor.zarr --out data/runs/precision [--seeds 0 1]

Every phase is trained in both precisions with preset `cpu`; joint training starts from the networks of its own
precision (`--segmentation` takes a trained U-Net for both instead). All are tested in float32 by the store's protocol.
Losses are means over the first and the last 20 steps, or fewer. What is finished in `--out` is not trained again.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from statistics import mean
from typing import Any

import torch
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

from gaitprep.evaluate.runner import evaluate
from gaitprep.run.events import Events
from gaitprep.train.config import PhaseName, TrainSettings
from gaitprep.train.folder import read_log
from gaitprep.train.loop import Execution
from gaitprep.train.network import Parts
from gaitprep.train.preset import phase_config
from gaitprep.train.runner import Request, train

PRECISIONS = ("fp32", "bf16")
AT_ENDS = 20


def learn(options: argparse.Namespace, phase: PhaseName, precision: str, seed: int, parts: Parts | None = None) -> Path:
    settings = TrainSettings(**{phase: {"precision": precision}})
    steps = {"recognition": options.recognition_steps, "joint": options.joint_steps}.get(phase)
    config = phase_config(phase, settings, steps=steps)
    out: Path = options.out / f"{phase}-{precision}-{seed}"
    request = Request(phase, config, settings.preset, options.store, seed, parts)
    return train(request, out, Execution("cpu"), Events()).checkpoint


def judge(checkpoint: Path, store: Path) -> dict[str, Any]:
    losses = [line["loss"] for line in read_log(checkpoint.parent / "log.jsonl")]
    result = evaluate([checkpoint], [store], Events(quiet=True)).recognition[0]
    return {
        "steps": len(losses),
        "first": mean(losses[:AT_ENDS]),
        "last": mean(losses[-AT_ENDS:]),
        "rank1": result.accuracy[1],
        "chance": result.chance[1],
        **{condition.name: condition.accuracy[1] for condition in result.conditions},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--segmentation", type=Path, help="a trained U-Net, instead of training one in each precision")
    parser.add_argument("--recognition-steps", type=int, help="instead of the preset's")
    parser.add_argument("--joint-steps", type=int, help="instead of the preset's")
    options = parser.parse_args()
    table = Table("phase", "seed", "precision", "steps", "first losses", "last losses", "rank-1 %", "chance %")
    rows: list[dict[str, Any]] = []
    for seed in options.seeds:
        for precision in PRECISIONS:
            recogniser = learn(options, "recognition", precision, seed)
            unet = options.segmentation or learn(options, "segmentation", precision, seed)
            joint = learn(options, "joint", precision, seed, Parts(unet, recogniser))
            for phase, checkpoint in (("recognition", recogniser), ("joint", joint)):
                rows.append({"phase": phase, "seed": seed, "precision": precision, **judge(checkpoint, options.store)})
    for row in sorted(rows, key=lambda row: (row["phase"] == "joint", row["seed"], row["precision"] == "bf16")):
        numbers = [f"{row[name]:.3f}" for name in ("first", "last")] + [
            f"{row[name]:.1f}" for name in ("rank1", "chance")
        ]
        table.add_row(row["phase"], str(row["seed"]), row["precision"], str(row["steps"]), *numbers)
    Console(stderr=True, width=110).print(table)
    print(json.dumps({"benchmark": "precision", "torch": torch.__version__, "rows": rows}))


if __name__ == "__main__":
    main()
