"""Training steps of the full-size networks against their plain forms, and against the machine's own speed.

    python benchmarks/bench_train.py [--networks gaitgl gaitedge] [--clips 8] [--frames 30]

The fast form trains as `gaitprep train` does: bfloat16, channels-last, freed memory kept. The plain form is
`plain_models.py`: float32 in row order, a convolution per strip, a product per part. Each has a process of its own, so
that its peak memory is its own; they take turns, step by step, so that a busy machine slows both. Ratios are those of
medians, in seconds and in processor seconds. Memory is what the peak adds to the process before its first step.

Operations are counted in the plain form, and what the fast form really multiplies is given beside it. The rate of
matrix products is that of 3072×3072 bfloat16 matrices between the steps. bfloat16 alone brings what the last line says.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import psutil
import torch
from rich.console import Console
from rich.table import Table
from torch.utils.flop_counter import FlopCounterMode

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.training_steps import Form, training_step
from gaitprep.train.heap import freed_memory_kept

TARGETS = {"gaitgl": 2.3, "gaitset": 2.0, "gaitpart": 2.0, "unet": 4.0, "gaitedge": 6.0}
MATRIX_SHARE, MEMORY_SHARE = 0.85, 0.5
MATRIX_SIZE = 3072


def child(network: str, form: Form, clips: int, frames: int) -> None:
    """Makes a step, or a matrix product, for each line that comes in."""
    answer = sys.stdout
    idle = psutil.Process().memory_info().rss
    with freed_memory_kept() if form == "fast" else nullcontext():
        step = training_step(network, form, clips, frames)
        matrices = {
            dtype: torch.randn(2, MATRIX_SIZE, MATRIX_SIZE).to(dtype) for dtype in (torch.bfloat16, torch.float)
        }
        idle = psutil.Process().memory_info().rss
        with FlopCounterMode(display=False) as counter:
            step()
        found: dict[str, float] = {"gflop": counter.get_total_flops() / 1e9}
        for line in sys.stdin:
            if line == "step\n":
                found |= timed(step)
                found["mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - idle / 2**20
            else:
                found["rate"] = matrix_rate(matrices[getattr(torch, line.strip())])
            print(json.dumps(found), file=answer, flush=True)


def matrix_rate(matrices: torch.Tensor) -> float:
    """GFLOP/s of a product of two square matrices `[2, n, n]`, the best of three."""
    seconds = min(timed(lambda: matrices[0] @ matrices[1])["seconds"] for _ in range(3))
    return 2 * MATRIX_SIZE**3 / 1e9 / seconds


def timed(work: Callable[[], Any]) -> dict[str, float]:
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return {"seconds": time.perf_counter() - wall, "processor": time.process_time() - processor}


class Worker:
    """A process that makes steps of one network in one form."""

    def __init__(self, network: str, form: Form, clips: int, frames: int) -> None:
        command = [sys.executable, __file__, "--child", form, "--networks", network]
        command += [f"--clips={clips}", f"--frames={frames}"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, what: str) -> dict[str, float]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"a measuring process ended with code {self._process.wait()} (not enough memory?)")
        return dict(json.loads(answer))

    def close(self) -> None:
        self._process.communicate()


@dataclass
class Found:
    """Steps of both forms, in turns, and the matrix rates between them."""

    steps: dict[Form, list[dict[str, float]]] = field(default_factory=lambda: {"plain": [], "fast": []})
    rates: dict[str, list[float]] = field(default_factory=lambda: {"bfloat16": [], "float": []})

    def value(self, form: Form, name: str) -> float:
        return median(step[name] for step in self.steps[form])

    def speedup(self, clock: str) -> float:
        return self.value("plain", clock) / self.value("fast", clock)

    def matrix_share(self, form_counted: Form) -> float:
        return self.steps[form_counted][0]["gflop"] / self.value("fast", "seconds") / median(self.rates["bfloat16"])

    @property
    def memory_share(self) -> float:
        return self.steps["fast"][-1]["mb"] / self.steps["plain"][-1]["mb"]


def measure(network: str, clips: int, frames: int, repeats: int, seconds: float) -> Found:
    """Both forms in turns: `repeats` times, or fewer (but once) when the next turn would end after `seconds`."""
    found = Found()
    workers: dict[Form, Worker] = {}
    begin, first = time.monotonic(), 0.0
    try:
        for form in found.steps:
            workers[form] = Worker(network, form, clips, frames)
            workers[form].ask("step")  # comes back once the first steps are over, so that they do not meet
        for done in range(repeats):
            passed = time.monotonic() - begin
            if done and passed + (passed - first) / done > seconds:
                break
            first = first if done else passed
            for form, steps in found.steps.items():
                steps.append(workers[form].ask("step"))
            for dtype, rates in found.rates.items():
                rates.append(workers["fast"].ask(dtype)["rate"])
    finally:
        for worker in workers.values():
            worker.close()
    return found


def verdict(value: float, target: float, *, most: bool = False) -> str:
    return "met" if (value <= target if most else value >= target) else "missed"


def table(results: dict[str, Found]) -> Table:
    made = Table("step", "what", "plain", "fast", "figure", "target", "", title="Training steps: fast against plain")
    for network, found in results.items():
        by_clock = {clock: found.speedup(clock) for clock in ("seconds", "processor")}
        plain, fast = (f"{found.value(form, 'seconds'):.2f} s" for form in found.steps)
        target = TARGETS[network]
        speedup = by_clock["seconds"]
        made.add_row(network, "time", plain, fast, f"{speedup:.2f}×", f"≥ {target}×", verdict(speedup, target))
        plain, fast = (f"{found.value(form, 'processor'):.2f} s" for form in found.steps)
        made.add_row("", "processor time", plain, fast, f"{by_clock['processor']:.2f}×", "", "")
        plain, fast = (f"{found.steps[form][-1]['mb']:.0f} MB" for form in found.steps)
        share = found.memory_share
        judged = verdict(share, MEMORY_SHARE, most=True)
        made.add_row("", "peak memory", plain, fast, f"{share:.2f}", f"≤ {MEMORY_SHARE}", judged)
        counted, done = (f"{found.steps[form][0]['gflop']:.0f} GFLOP" for form in found.steps)
        share, really = found.matrix_share("plain"), found.matrix_share("fast")
        aim = (f"≥ {MATRIX_SHARE:.0%}", verdict(share, MATRIX_SHARE)) if network == "gaitgl" else ("", "")
        made.add_row("", "of the matrix rate", counted, done, f"{share:.0%} ({really:.0%} done)", *aim)
        made.add_section()
    rates = {dtype: median(rate for found in results.values() for rate in found.rates[dtype]) for dtype in found.rates}
    gain = rates["bfloat16"] / rates["float"]
    made.add_row("matrices", "GFLOP/s, fp32, bf16", f"{rates['float']:.0f}", f"{rates['bfloat16']:.0f}", f"{gain:.1f}×")
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--networks", nargs="+", default=list(TARGETS), choices=TARGETS)
    parser.add_argument("--clips", type=int, default=8)
    parser.add_argument("--frames", type=int, default=30)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=540, help="in all; fewer turns where they would take longer")
    parser.add_argument("--child", choices=["plain", "fast"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.networks[0], options.child, options.clips, options.frames)
        return
    load = os.getloadavg()[0]
    end, results = time.monotonic() + options.seconds, {}
    for done, name in enumerate(options.networks):
        share = (end - time.monotonic()) / (len(options.networks) - done)
        results[name] = measure(name, options.clips, options.frames, options.repeats, share)
    console = Console(stderr=True, width=110)
    console.print(table(results))
    threads = torch.get_num_threads()
    console.print(f"{options.clips} clips of {options.frames} frames, {threads} threads, load before {load:.1f}")
    setting = {"clips": options.clips, "frames": options.frames, "threads": threads, "load": round(load, 2)}
    found = {name: {"steps": item.steps, "matrix_gflops": item.rates} for name, item in results.items()}
    print(json.dumps({"benchmark": "train", "torch": torch.__version__, **setting, **found}))


if __name__ == "__main__":
    main()
