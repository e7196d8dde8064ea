"""Builds small trees in the layouts of the field."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.bridge.config import ImportConfig
from gaitprep.bridge.stage import ImportStage
from gaitprep.bridge.tree import plan_import
from gaitprep.manifest.protocol import Protocol
from gaitprep.run.events import Events
from gaitprep.run.executor import Execution, Summary, run_stage
from gaitprep.store.reader import StoreReader, open_store
from gaitprep.work.layout import WorkDir

CONDITIONS = ("nm-01", "nm-05", "bg-01", "cl-01")
LAYOUT = {"shard_frames": 20, "silhouette": {"chunk_frames": 10}}


def draw(*shape: int, seed: int = 0, low: int = 0) -> NDArray[np.uint8]:
    """Random bytes."""
    return np.random.default_rng([seed, *shape]).integers(low, 256, shape, dtype=np.uint8)


def masks(frames: int, seed: int = 0) -> NDArray[np.uint8]:
    """Random black and white, `[frames, 128, 128]`."""
    return np.where(draw(frames, 128, 128, seed=seed) > 127, np.uint8(255), np.uint8(0))


def save(path: Path, value: Any, protocol: int = 4) -> Path:
    """Pickles a value."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps(value, protocol=protocol))
    return path


def save_image(path: Path, image: NDArray[np.uint8]) -> Path:
    """Writes an RGB or grey image."""
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), image[:, :, ::-1] if image.ndim == 3 else image)
    return path


def plain(root: Path, subjects: int = 3, frames: int = 7) -> Path:
    """CASIA-B as OpenGait prepares it: one pickle `[n, 64, 64]` a sequence."""
    for subject in range(1, subjects + 1):
        for number, condition in enumerate(CONDITIONS):
            for view in ("000", "090"):
                seed = 100 * subject + 10 * number + int(view)
                save(root / f"{subject:03d}" / condition / view / f"{view}.pkl", draw(frames, 64, 64, seed=seed))
    return root


def star(root: Path, subjects: int = 2, frames: int = 5) -> Path:
    """CASIA-B*: four pickles a sequence."""
    for subject in range(1, subjects + 1):
        for number, condition in enumerate(CONDITIONS):
            leaf, seed = root / f"{subject:03d}" / condition / "090", 10 * subject + number
            save(leaf / "090-aligned-sils.pkl", draw(frames, 64, 44, seed=seed))
            save(leaf / "090-ratios.pkl", np.linspace(0.3, 0.6, frames) + seed / 100)
            save(leaf / "090-rgbs.pkl", draw(frames, 3, 128, 128, seed=seed))
            save(leaf / "090-sils.pkl", masks(frames, seed))
    return root


def stage_of(
    root: Path,
    out: Path,
    form: str = "opengait",
    *,
    dataset: Protocol | None = None,
    partition: Path | None = None,
    workers: int = 1,
    name: str = "field",
    **settings: Any,
) -> ImportStage:
    """The stage that imports a tree."""
    config = ImportConfig.model_validate({**LAYOUT, "form": form, **settings})
    work = WorkDir(out.with_name(f"{out.name}.import"))
    with Events(quiet=True) as events:
        return plan_import(
            root, out, work, config, Execution(workers), events, name=name, dataset=dataset, partition=partition
        )


def run(stage: ImportStage, workers: int = 1) -> Summary:
    """Carries an import out."""
    return run_stage(stage, stage.work.ledger("import"), Execution(workers), Events(quiet=True))


def imported(root: Path, out: Path, form: str = "opengait", **options: Any) -> StoreReader:
    """The store that a tree becomes."""
    run(stage_of(root, out, form, **options), options.get("workers", 1))
    return open_store(out)


def reasons(store: StoreReader) -> dict[str, str]:
    """Why sequences were left out, by name."""
    return {row["video"]: row["reason"] for row in store.excluded}
