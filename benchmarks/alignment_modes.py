"""How near each mode of GaitAlign comes to the offline alignment, over the proportions that crops have.

Drawn walkers are cut out at a given ratio (width / height of the crop), with margins, off the middle, and squeezed to
128×128 as `gaitprep track` does it. The judge is `gaitprep.align`; the measure the IoU of the two silhouettes at one
half. `python -m benchmarks.alignment_modes` prints the table, `--json` the numbers.
"""

from __future__ import annotations

import argparse
import json
from typing import get_args

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from gaitprep.align.normalise import normalise
from gaitprep.models.gaitalign import AlignMode, align
from tests.models.figures import walker

RATIOS = (0.25, 0.35, 0.45, 0.55, 0.7, 0.85, 1.0)
MODES = get_args(AlignMode)

Masks = NDArray[np.uint8]


def cut(ratio: float, rng: np.random.Generator) -> Masks:
    """One walker in a crop `[128, 128]` of this width / height, whole, off the middle, at some scale."""
    height = rng.uniform(100, 400)
    picture = walker(height, rng.uniform(0.7, 1.3) * min(1.0, ratio / 0.4), rng.uniform(0, 2 * np.pi))
    rows, columns = np.flatnonzero(picture.any(1)), np.flatnonzero(picture.any(0))
    tall, wide = np.ptp(rows) + 1, np.ptp(columns) + 1
    crop_height = max(tall * rng.uniform(1.05, 1.5), 1.02 * wide / ratio)
    crop_width = crop_height * ratio
    top = rows[0] - rng.uniform(0, crop_height - tall)
    left = columns[0] - rng.uniform(0, crop_width - wide)
    side = 128
    scale_x, scale_y = crop_width / side, crop_height / side
    # Pixel centres of the crop, in the picture; areas are averaged, as a shrinking camera does.
    blurred = cv2.GaussianBlur(picture, (0, 0), max(0.3, scale_x / 2), None, max(0.3, scale_y / 2))
    matrix = np.array([[scale_x, 0, left + scale_x / 2 - 0.5], [0, scale_y, top + scale_y / 2 - 0.5]])
    squeezed = cv2.warpAffine(blurred, matrix, (side, side), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return np.where(squeezed > 127, 255, 0).astype(np.uint8)


def overlaps(mode: AlignMode, masks: Masks, ratio: float) -> NDArray[np.float64]:
    """IoU of the aligned masks `[n, 128, 128]` with the offline alignment, `[n]`."""
    ratios = np.full(len(masks), ratio, np.float32)
    offline = normalise(masks, ratios) > 127
    source = torch.from_numpy(masks > 127)
    ours = align(source.float(), source, torch.from_numpy(ratios), mode).numpy() > 0.5
    return (ours & offline).sum((1, 2)) / (ours | offline).sum((1, 2))


def table(walkers: int = 100, seed: int = 0) -> dict[str, dict[float, float]]:
    """Mean IoU by mode and ratio."""
    rng = np.random.default_rng(seed)
    masks = {ratio: np.stack([cut(ratio, rng) for _ in range(walkers)]) for ratio in RATIOS}
    return {mode: {ratio: float(overlaps(mode, masks[ratio], ratio).mean()) for ratio in RATIOS} for mode in MODES}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--walkers", type=int, default=100, help="per ratio")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = table(options.walkers, options.seed)
    if options.json:
        print(json.dumps({"benchmark": "alignment modes", "walkers": options.walkers, "iou": found}))
        return
    print("ratio    " + "".join(f"{ratio:>7.2f}" for ratio in RATIOS) + "   mean")
    for mode, by_ratio in found.items():
        values = list(by_ratio.values())
        print(f"{mode:<9}" + "".join(f"{value:7.3f}" for value in values) + f"{np.mean(values):7.3f}")


if __name__ == "__main__":
    main()
