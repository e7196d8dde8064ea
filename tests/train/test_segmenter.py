"""The segmenter phase: learns, is the same whatever interrupts it, and publishes the averaged weights."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from gaitprep.errors import TrainingError
from gaitprep.models.checkpoint import load_model
from gaitprep.run.digest import digest_json
from gaitprep.run.events import Events
from gaitprep.train.config import SegmenterConfig, TrainSettings
from gaitprep.train.crops import CropBatches, CropSampler, Images, recoloured
from gaitprep.train.loop import Execution
from gaitprep.train.preset import phase_config
from gaitprep.train.runner import Outcome
from gaitprep.train.segmenter_run import SegmenterRequest, train_segmenter
from gaitprep.train.sequences import Indices
from tests.train.tiny import Killed, Killer, losses


class Discs:
    """Bright discs on dark ground, in place of people."""

    def __init__(self, count: int, seed: int = 0) -> None:
        self.count, self._seed = count, seed

    @property
    def digest(self) -> str:
        return digest_json([self.count, self._seed])

    def take(self, numbers: Indices) -> tuple[Images, Images]:
        y, x = np.mgrid[:128, :128]
        rgb, mask = [], []
        for number in numbers:
            random = np.random.default_rng([self._seed, int(number)])
            middle, radius = random.uniform(45, 83, 2), random.uniform(20, 40)
            inside = (x - middle[0]) ** 2 + (y - middle[1]) ** 2 < radius**2
            rgb.append(np.where(inside[..., None], 190, 60) + random.integers(-20, 20, (128, 128, 3)))
            mask.append(255 * inside)
        return np.stack(rgb).astype(np.uint8), np.stack(mask).astype(np.uint8)


TINY = {
    "method": "small",
    "network": {"channels": [4, 4, 8]},
    "images": 4,
    "crops": 10,
    "held_out": 6,
    "warm_up": 2,
    "average": 0.5,
    "validate_every": 3,
    "precision": "fp32",
}


def request(steps: int = 7, seed: int = 0, crops: int = 10, **changed: object) -> SegmenterRequest:
    settings = TrainSettings(preset="bundled", segmenter=TINY | changed)
    config = phase_config("segmenter", settings, steps=steps)
    assert isinstance(config, SegmenterConfig)
    return SegmenterRequest(config, "bundled", Discs(crops), Discs(6, 1), seed)


def quietly(wanted: SegmenterRequest, out: Path, *, every: float = 1e9, events: Events | None = None) -> Outcome:
    return train_segmenter(wanted, out, Execution("cpu", every), events or Events(quiet=True))


def test_it_learns(tmp_path: Path) -> None:
    quietly(request(steps=40), tmp_path / "run")
    lines = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert lines[-1]["median_iou"] > 0.85
    assert lines[-1]["loss"] < 0.5 * lines[0]["loss"]
    _, info = load_model(tmp_path / "run" / "model.safetensors", architecture="unet")
    assert info.details["held_out_median_iou"] == lines[-1]["median_iou"]


def test_overlap_is_added_with_its_weight(tmp_path: Path) -> None:
    quietly(request(overlap=0.5, optimiser="adamw", rate=0.003), tmp_path / "run")
    lines = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    for line in lines:
        assert line["loss"] == pytest.approx(line["cross_entropy"] + 0.5 * line["overlap"])
    assert lines[-1]["overlap"] < lines[0]["overlap"]


def test_killed_it_ends_as_if_nothing_had_happened(tmp_path: Path) -> None:
    quietly(request(), tmp_path / "whole")
    for after in (2, 3):
        with pytest.raises(Killed):
            quietly(request(), tmp_path / "killed", every=0, events=Killer(after))
    assert quietly(request(), tmp_path / "killed").resumed_from > 0
    assert losses(tmp_path / "killed") == losses(tmp_path / "whole")
    whole, killed = (tmp_path / name / "model.safetensors" for name in ("whole", "killed"))
    assert killed.read_bytes() == whole.read_bytes()


def test_a_finished_run_is_left_alone_and_other_crops_are_another_run(tmp_path: Path) -> None:
    quietly(request(steps=1), tmp_path)
    assert quietly(request(steps=1), tmp_path).resumed_from == 1
    with pytest.raises(TrainingError, match="other settings"):
        quietly(request(steps=1, crops=11), tmp_path)


def test_every_crop_comes_once_an_epoch() -> None:
    sampler = CropSampler(10, 4, seed=3)
    drawn = np.concatenate([sampler.draw(step) for step in range(5)])
    assert sorted(drawn[:10]) == sorted(drawn[10:]) == list(range(10))
    assert (drawn[:10] != drawn[10:]).any()


def test_batches_do_not_depend_on_what_was_read_before() -> None:
    def batches() -> CropBatches:
        return CropBatches(Discs(10), CropSampler(10, 4, 3), varied(move=0.1, colours=0.2, cut=0.3), 3)

    one, other = batches(), batches()
    streamed = [batch for batch, _ in one.stream(0, 4)]
    for step in (2, 0, 3):
        for name in ("rgb", "mask"):
            assert (other.read(step).arrays[name] == streamed[step].arrays[name]).all()


def varied(move: float = 0.0, colours: float = 0.0, cut: float = 0.0) -> SegmenterConfig:
    return SegmenterConfig(steps=1, crops=10, held_out=1, move=move, colours=colours, cut=cut)


def test_cut_crops_show_a_part_that_fills_them() -> None:
    rgb, mask = Discs(10).take(np.arange(10))
    sampler = CropSampler(10, 10, 3)
    batch = CropBatches(Discs(10), sampler, varied(cut=1.0), 3).read(0)
    assert batch.arrays["rgb"].shape == rgb.shape
    bright, cut = batch.arrays["rgb"].mean(axis=3) > 125, batch.arrays["mask"] > 127
    assert ((bright & cut).sum() / (bright | cut).sum()) > 0.95
    whole = mask[sampler.draw(0)] > 127
    touches = cut[:, [0, -1]].any(axis=(1, 2)) | cut[:, :, [0, -1]].any(axis=(1, 2))
    assert not whole[:, [0, -1]].any()
    assert not whole[:, :, [0, -1]].any()
    assert touches.mean() > 0.3


def test_crop_and_mask_move_together() -> None:
    batches = CropBatches(Discs(10), CropSampler(10, 10, 3), varied(move=0.15), 3)
    batch = batches.read(0)
    bright, mask = batch.arrays["rgb"].mean(axis=3) > 125, batch.arrays["mask"] > 127
    agreement = (bright & mask).sum(axis=(1, 2)) / (bright | mask).sum(axis=(1, 2))
    assert agreement.min() > 0.97
    original = Discs(10).take(batches.sampler.draw(0))[1] > 127
    assert (original != mask).any(axis=(1, 2)).all()


def test_colours_change_and_places_do_not() -> None:
    rgb, _ = Discs(1).take(np.array([0]))
    changed = recoloured(rgb[0], 0.3, np.random.default_rng(1)).astype(float)
    assert np.abs(changed - rgb[0]).mean() > 3
    assert np.corrcoef(changed.mean(axis=2).ravel(), rgb[0].mean(axis=2).ravel())[0, 1] > 0.98


def test_the_rate_rises_then_falls() -> None:
    config = request(steps=100).config
    factors = [config.rate_factor(step) for step in range(100)]
    assert factors[0] == 0.5
    assert factors[2] == 1
    assert factors[2:] == sorted(factors[2:], reverse=True)
    assert factors[-1] < 0.001
