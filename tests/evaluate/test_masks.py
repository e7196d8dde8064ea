from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from gaitprep.evaluate.masks import MaskScore, has_masks, iou
from gaitprep.store.reader import StoreReader, open_store


def test_iou_counts_pixels() -> None:
    first, second = torch.zeros(3, 4, 4, dtype=torch.bool), torch.zeros(3, 4, 4, dtype=torch.bool)
    first[0, :2], second[0, 1:3] = True, True
    first[1, 0, 0] = True
    assert iou(first, second).tolist() == pytest.approx([1 / 3, 0.0, 1.0])


def test_the_reference_itself_agrees_fully_and_beats_the_best_single_mask(home: Path) -> None:
    reader = open_store(home)
    score = MaskScore(reader)
    every = []
    for row in range(4):
        reference = reader.sequence("mask", row)
        every.append(reference > 127)
        for start in (0, 4):
            frames = np.arange(start, min(start + 4, 6))
            score.add(row, frames, torch.from_numpy(reference[frames]).float() - 127)
    found = score.agreement()
    assert (found.frames, found.mean, found.median) == (24, 100.0, 100.0)
    masks = np.concatenate(every)
    usual = masks.mean(0) >= 0.5
    expected = [(mask & usual).sum() / (mask | usual).sum() for mask in masks]
    assert found.baseline == pytest.approx(100 * np.mean(expected))
    assert found.baseline < 99


def test_a_half_right_prediction_is_half_right(home: Path) -> None:
    reader = open_store(home)
    reference = torch.from_numpy(reader.sequence("mask", 0) > 127)
    wrong = reference.clone()
    wrong[:3] = ~wrong[:3]
    score = MaskScore(reader)
    score.add(0, np.arange(6), wrong.float() - 0.5)
    assert score.agreement().mean == pytest.approx(50.0)


def test_empty_masks_are_no_masks(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = open_store(home)
    assert has_masks(reader, 0)
    monkeypatch.setattr(StoreReader, "sequence", lambda self, name, row: np.zeros((6, 128, 128), np.uint8))
    assert not has_masks(reader, 0)
