"""A pool of crops on disk: rendered once, by as many processes as there are, and read by training again and again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaitprep.errors import InputError
from gaitprep.run.atomic import publish, publish_json, sweep
from gaitprep.run.digest import digest_json
from gaitprep.synth.crops.backgrounds import backgrounds_digest
from gaitprep.synth.crops.recipe import RECIPE
from gaitprep.synth.crops.troupe import RUN

Images = NDArray[np.uint8]
BLOCK = 20 * RUN
"""Crops in a file: 31 MB."""


@dataclass(frozen=True)
class CropPool:
    """Crops `0` to `count − 1` of a seed.

    Attributes:
        root: folder of the blocks, `[480, 128, 128, 4]` uint8 in each: red, green, blue, mask.
        seed, count: of the crops; held_out: whether on the backgrounds that training never sees.
        backgrounds: folder of further backgrounds, see `backgrounds.background_files`.
    """

    root: Path
    seed: int
    count: int
    held_out: bool = False
    backgrounds: Path | None = None

    @property
    def content(self) -> dict[str, Any]:
        """Everything that the crops depend on, but how many there are."""
        return {
            "recipe": RECIPE.as_dict(),
            "seed": self.seed,
            "held_out": self.held_out,
            "backgrounds": backgrounds_digest(self.backgrounds),
        }

    @property
    def digest(self) -> str:
        """Of the content and the count."""
        return digest_json([self.content, self.count])

    def missing(self) -> list[int]:
        """Blocks that are not rendered yet, or not as far as is asked for."""
        return [block for block in range(-(-self.count // BLOCK)) if self._rendered(block) < self.rows(block)]

    def rows(self, block: int) -> int:
        """Crops of this pool in a block."""
        return min(BLOCK, self.count - block * BLOCK)

    def claim(self) -> None:
        """Takes the folder for these crops.

        Raises:
            InputError: it holds other crops.
        """
        note = self.root / "crops.json"
        if note.is_file():
            sweep(self.root)
            if json.loads(note.read_text()) == json.loads(json.dumps(self.content)):
                return
            raise InputError(
                f"{self.root} holds other crops", next_step="give another folder with --crops, or remove it"
            )
        publish_json(note, self.content)

    def make(self, workers: int, tell: Callable[[int], None] = lambda crops: None) -> None:
        """Renders what is missing; may be interrupted and called again.

        Args:
            workers: processes; the outcome does not depend on them.
            tell: gets the number of crops of every block that is done.

        Raises:
            InputError: the folder holds other crops.
        """
        self.claim()
        missing = self.missing()
        if not missing:
            return
        import joblib

        jobs = (joblib.delayed(_render_block)(self, block) for block in missing)
        for crops in joblib.Parallel(n_jobs=workers, return_as="generator_unordered")(jobs):
            tell(crops)

    def take(self, numbers: NDArray[np.int64]) -> tuple[Images, Images]:
        """The crops `[n, 128, 128, 3]` and masks `[n, 128, 128]` of these numbers."""
        rows = np.stack([self._block(int(number) // BLOCK)[int(number) % BLOCK] for number in numbers])
        return rows[..., :3], rows[..., 3]

    def _rendered(self, block: int) -> int:
        return len(self._block(block)) if self.file(block).is_file() else 0

    def file(self, block: int) -> Path:
        """Where a block is kept."""
        return self.root / f"{block:05d}.npy"

    def _block(self, block: int) -> Images:
        return np.asarray(np.load(self.file(block), mmap_mode="r"))


def _render_block(pool: CropPool, block: int) -> int:
    import cv2

    from gaitprep.synth.crops.crop import render

    cv2.setNumThreads(1)
    count = pool.rows(block)
    crops = np.empty((count, 128, 128, 4), np.uint8)
    for row in range(count):
        crop = render(pool.seed, block * BLOCK + row, folder=pool.backgrounds, held_out=pool.held_out)
        crops[row, ..., :3], crops[row, ..., 3] = crop.rgb, crop.mask
    with publish(pool.file(block)) as temporary, temporary.open("wb") as file:
        np.save(file, crops)
    return count
