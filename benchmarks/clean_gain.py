"""What the spatial clean-up of masks gains, before and after; JSON lines on stdout.

    python benchmarks/clean_gain.py [--crops data/crops] [--backgrounds data/backgrounds] [--count 960]
    python benchmarks/clean_gain.py --work data/work/demo-outdoor [--method auto|unet|background]

IoU on held-out rendered crops, or the scores of synthetic videos that were tracked. Crops that are missing are rendered
first (24 ms of one core each). The person's box is taken to be the crop without its usual margin, as training crops do
not keep theirs.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray
from score_grid import run, take_over

from gaitprep.cli.segmenter import HELD_OUT_SEED
from gaitprep.segment.bundled import BUNDLED, bundled_weights
from gaitprep.segment.clean import clean
from gaitprep.segment.network import CropNetwork
from gaitprep.synth.crops.pool import CropPool
from gaitprep.synth.crops.recipe import RECIPE
from gaitprep.work.layout import WorkDir

SIDE = 128
AT_ONCE = 96


def agreement(masks: NDArray[np.bool_], truth: NDArray[np.bool_]) -> NDArray[np.float64]:
    """IoU, `[n]`."""
    both, either = (masks & truth).sum((1, 2)), (masks | truth).sum((1, 2))
    return np.asarray(both / np.maximum(either, 1))


def on_videos(tracked: Path, method: str) -> None:
    """Segments the videos twice, and scores them."""
    for what, cleaning in (("as found", lambda masks, person: masks), ("cleaned", clean)):
        with tempfile.TemporaryDirectory(dir=tracked.parent) as folder, patch("gaitprep.segment.stage.clean", cleaning):
            work = WorkDir(Path(folder) / "work")
            take_over(WorkDir(tracked), work)
            for stage in ("segment", "align"):
                shutil.rmtree(work.root / stage, ignore_errors=True)
            with redirect_stdout(sys.stderr):
                run("segment", "--work", work.root, "--set", f"method={method}", "--workers", 1)
                run("align", "--work", work.root, "--workers", 1)
                run("score", "--work", work.root, "--out", work.root / "scores.json")
            scores = json.loads((work.root / "scores.json").read_text())["overall"]
            names = ("mask", "mask_p10", "boundary", "silhouette", "silhouette_p10")
            figures = {name: round(scores[name], 4) for name in names}
            print(json.dumps({"work": tracked.name, "method": method, "masks": what, **figures}), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--crops", type=Path, default=Path("data/crops"))
    parser.add_argument("--backgrounds", type=Path)
    parser.add_argument("--count", type=int, default=960)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--method", default="auto")
    options = parser.parse_args()
    if options.work:
        on_videos(options.work, options.method)
    else:
        on_crops(options)


def on_crops(options: argparse.Namespace) -> None:
    """Compares the masks of both bundled networks with the truth of held-out crops."""
    pool = CropPool(options.crops / "held-out", HELD_OUT_SEED, options.count, True, options.backgrounds)
    pool.make(-1)
    inset = SIDE * RECIPE.margin / (1 + 2 * RECIPE.margin)
    person = np.array([inset, inset, SIDE - inset, SIDE - inset], np.float32)
    for name in BUNDLED:
        network = CropNetwork(bundled_weights(name), "cpu", bf16=False)
        before, after = [], []
        for first in range(0, options.count, AT_ONCE):
            rgb, mask = pool.take(np.arange(first, min(first + AT_ONCE, options.count)))
            found = np.where(network.logits(np.ascontiguousarray(rgb)) > 0, 255, 0).astype(np.uint8)
            cleaned = clean(found, np.tile(person, (len(found), 1)))
            before.append(agreement(found > 0, mask > 127))
            after.append(agreement(cleaned > 0, mask > 127))
        for what, parts in (("as found", before), ("cleaned", after)):
            iou = np.concatenate(parts)
            median, tenth = np.median(iou), np.quantile(iou, 0.1)
            figures = {
                "median": round(float(median), 4),
                "tenth": round(float(tenth), 4),
                "mean": round(float(iou.mean()), 4),
            }
            print(json.dumps({"network": name, "masks": what, "crops": len(iou), **figures}))


if __name__ == "__main__":
    main()
