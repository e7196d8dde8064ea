"""What `bench_track.py` compares with: ultralytics' own `model.track()` with its defaults, as its manual shows it.

    python benchmarks/plain_track.py WEIGHTS OUT.npz VIDEO…

Runs in a process of its own, in which ultralytics may set threads as it likes. The first video is tracked once before
the clock starts.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import time
import types

import numpy as np
from scipy.optimize import linear_sum_assignment

os.environ.update(YOLO_OFFLINE="1", YOLO_AUTOINSTALL="0", YOLO_VERBOSE="0")


def lapjv(costs: np.ndarray, extend_cost: bool = True, cost_limit: float = np.inf) -> tuple[float, list, list]:
    """`lap.lapjv` by scipy, for machines without the package `lap` (ultralytics would install it by itself)."""
    rows, columns = linear_sum_assignment(np.minimum(costs, cost_limit + 1))
    x, y = np.full(costs.shape[0], -1), np.full(costs.shape[1], -1)
    for row, column in zip(rows, columns, strict=True):
        if costs[row, column] <= cost_limit:
            x[row], y[column] = column, row
    return 0.0, x.tolist(), y.tolist()


def main() -> None:
    """Tracks all videos one by one; writes seconds, and per video rows of frame and box."""
    if importlib.util.find_spec("lap") is None:
        sys.modules["lap"] = types.ModuleType("lap")
        sys.modules["lap"].__dict__.update(__version__="0.5.12", lapjv=lapjv)
    from ultralytics import YOLO

    weights, out, *videos = sys.argv[1:]
    found: dict[str, np.ndarray] = {}
    list(YOLO(weights).track(videos[0], stream=True, classes=[0]))
    begin = time.perf_counter()
    for number, video in enumerate(videos):
        rows = []
        for frame, result in enumerate(YOLO(weights).track(video, stream=True, classes=[0])):
            rows += [[frame, *box] for box in result.boxes.xyxy.tolist()]
        found[str(number)] = np.array(rows, np.float32).reshape(-1, 5)
    np.savez(out, seconds=time.perf_counter() - begin, **found)


if __name__ == "__main__":
    main()
