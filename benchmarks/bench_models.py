"""Seconds per training step of the networks, fast form against plain form; one JSON line on stdout.

    python benchmarks/bench_models.py [--networks gaitgl gaitedge] [--clips 8] [--frames 30] [--repeats 3]

A step is forward pass, losses and backward pass on `clips` clips of `frames` frames, full-size networks (or, with
`--preset cpu`, those of the cpu preset). Fast is what gaitprep trains with: bfloat16 autocast and channels-last. Plain
is `plain_models.py`: float32 in row order. Each form runs in a process of its own, so that `peak_mb` is its own;
`gflops` is the rate in counted operations, `matrix_gflops` what the machine reaches in one large bfloat16 product.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import plain_models as plain
from gaitprep.models.gaitedge import EndToEnd
from gaitprep.models.losses import joint_loss, recognition_loss, segmentation
from gaitprep.models.registry import build
from gaitprep.models.unet import UNet
from gaitprep.train.config import TrainSettings
from gaitprep.train.preset import phase_config

PLAIN = {"gaitgl": plain.gaitgl, "gaitset": plain.gaitset, "gaitpart": plain.gaitpart}


def sizes_of_preset(name: str, preset: str) -> dict[str, Any]:
    """What the preset makes of a network; end-to-end networks put their parts together."""
    settings = TrainSettings(preset=preset)
    unet = phase_config("segmentation", settings).network
    if name == "unet":
        return unet
    if name not in ("gaitgl-e2e", "gaitedge"):
        return phase_config("recognition", settings, method=name).network
    part = {"unet_channels": unet["channels"]} if unet else {}
    return phase_config("recognition", settings, method="gaitgl").network | part


def row_order(network: nn.Module) -> None:
    """Undo channels-last."""
    for parameter in network.parameters():
        parameter.data = parameter.data.contiguous()


def step_of(name: str, form: str, clips: int, frames: int, sizes: dict[str, Any]) -> Callable[[], None]:
    """One training step on made-up data."""
    torch.manual_seed(0)
    network = build(name, **sizes).train()
    labels = torch.arange(clips) // 4
    is_plain = form == "plain"
    if is_plain:
        row_order(network)

    def autocast() -> Any:
        return nullcontext() if is_plain else torch.autocast("cpu", torch.bfloat16)

    rgb = torch.randint(0, 256, (clips, frames, 128, 128, 3), dtype=torch.uint8).permute(0, 1, 4, 2, 3)
    mask = torch.zeros(clips, frames, 128, 128, dtype=torch.uint8)
    mask[:, :, 10:118, 40:88] = 255

    if isinstance(network, UNet):

        def losses() -> Tensor:
            images = rgb.flatten(0, 1)
            with autocast():
                logits = plain.unet(network, images.contiguous()) if is_plain else network(images)
            return segmentation(logits[:, 0], mask.flatten(0, 1))

    elif isinstance(network, EndToEnd):
        network.segmenter.freeze_first_half()
        ratio = torch.full((clips, frames), 0.45)

        def losses() -> Tensor:
            with autocast():
                output = plain.end_to_end(network, rgb, ratio, mask) if is_plain else network(rgb, ratio, mask)
            return joint_loss(output, labels, mask).total

    else:
        silhouettes = (torch.rand(clips, frames, 64, 44) > 0.5).float()

        def losses() -> Tensor:
            with autocast():
                output = PLAIN[name](network, silhouettes) if is_plain else network(silhouettes)
            return recognition_loss(output, labels).total

    def step() -> None:
        network.zero_grad()
        losses().backward()

    return step


def measure(step: Callable[[], None], repeats: int) -> dict[str, float]:
    """Best and median seconds of a step, its counted operations, and the peak memory of this process."""
    with FlopCounterMode(display=False) as counter:
        step()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        step()
        seconds.append(time.perf_counter() - start)
    seconds.sort()
    return {
        "seconds": round(seconds[0], 4),
        "median_seconds": round(seconds[repeats // 2], 4),
        "gflop": round(counter.get_total_flops() / 1e9, 1),
        "gflops": round(counter.get_total_flops() / 1e9 / seconds[0], 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def matrix_rate() -> float:
    """GFLOP/s of a bfloat16 matrix product, the best of a few."""
    a, b = torch.randn(2, 3072, 3072).bfloat16()
    best = float("inf")
    for _ in range(6):
        start = time.perf_counter()
        a @ b
        best = min(best, time.perf_counter() - start)
    return round(2 * 3072**3 / best / 1e9, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", nargs="+", default=["gaitgl", "gaitedge"])
    parser.add_argument("--forms", nargs="+", default=["fast", "plain"], choices=["fast", "plain"])
    parser.add_argument("--clips", type=int, default=8)
    parser.add_argument("--frames", type=int, default=30)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--preset", choices=["paper", "cpu"], default="paper")
    parser.add_argument("--here", action="store_true", help="measure the first network and form in this process")
    options = parser.parse_args()
    if options.here:
        name, form = options.networks[0], options.forms[0]
        sizes = sizes_of_preset(name, options.preset)
        print(json.dumps(measure(step_of(name, form, options.clips, options.frames, sizes), options.repeats)))
        return
    result: dict[str, Any] = {
        "benchmark": "models",
        "clips": options.clips,
        "frames": options.frames,
        "preset": options.preset,
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "matrix_gflops": matrix_rate(),
    }
    passed_on = [f"--{name}={getattr(options, name)}" for name in ("clips", "frames", "repeats", "preset")]
    for name in options.networks:
        row: dict[str, Any] = {}
        for form in options.forms:
            command = [sys.executable, __file__, "--here", "--networks", name, "--forms", form, *passed_on]
            row[form] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        if len(row) == 2:
            row["speedup"] = round(row["plain"]["seconds"] / row["fast"]["seconds"], 2)
        result[name] = row
    print(json.dumps(result))


if __name__ == "__main__":
    main()
