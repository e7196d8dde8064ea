"""Puts trained segmenters into the package: rounded to float16, digests noted.

    python benchmarks/bundle_weights.py small=RUN fine=RUN      (make bundled-weights)

RUN is a folder of `gaitprep train segmenter`. Either may be left out; the other one stays as it is.
"""

from __future__ import annotations

import sys
from pathlib import Path

from gaitprep.models.checkpoint import load_model, save_model
from gaitprep.segment.bundled import BUNDLED, write_sums

_FOLDER = Path(__file__).parents[1] / "gaitprep" / "segment" / "weights"


def main() -> None:
    """Rounds and copies."""
    given = dict(argument.split("=", 1) for argument in sys.argv[1:])
    if not given or not set(given) <= set(BUNDLED):
        sys.exit(__doc__)
    for name, run in given.items():
        model, info = load_model(Path(run) / "model.safetensors")
        path = _FOLDER / f"{name}.safetensors"
        save_model(path, model, info, half=True)
        print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB, held-out {info.details['held_out_median_iou']}")
    write_sums(_FOLDER)


if __name__ == "__main__":
    main()
