from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from gaitprep.errors import UsageError
from gaitprep.models.checkpoint import load_model
from gaitprep.train.ranks import ALONE, Ranks, ranks
from tests.train.tiny import SIZES, losses, request, train_parts, train_quietly


def test_alone_nothing_is_exchanged() -> None:
    values = torch.rand(3, 2)
    assert torch.equal(ALONE.gather(values), values)
    assert ALONE.sum({"a": 1.5}) == {"a": 1.5}
    assert ALONE.share(7) == slice(0, 7)
    with ranks("cpu") as group:
        assert group is ALONE


@pytest.mark.parametrize(("items", "size"), [(7, 2), (8, 3), (3, 3)])
def test_shares_cover_a_batch_once(items: int, size: int) -> None:
    shares = [Ranks(rank, size).share(items) for rank in range(size)]
    assert [item for share in shares for item in range(items)[share]] == list(range(items))
    assert max(len(range(items)[share]) for share in shares) - min(len(range(items)[share]) for share in shares) <= 1


def test_more_processes_than_items_are_refused() -> None:
    with pytest.raises(UsageError, match="batch of 2 cannot be shared among 3 processes"):
        Ranks(0, 3).share(2)


def together(phase: str, store: Path, out: Path, *options: object) -> None:
    """The tiny run of a phase in two processes, by the command line."""
    settings = [f"{phase}.{name}={value}" for name, value in {**SIZES[phase], "precision": "fp32"}.items()]
    words = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "gaitprep"]
    words += ["train", phase, "--store", str(store), "--out", str(out), "--device", "cpu"]
    for setting in settings:
        words += ["--set", setting.replace("'", '"')]
    words += map(str, options)
    done = subprocess.run(
        words, capture_output=True, text=True, timeout=240, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    assert done.returncode == 0, done.stderr


def test_two_processes_do_what_one_does(store: Path, tmp_path: Path) -> None:
    """The triplets and the head's batch normalisation see the clips of both."""
    train_quietly(request("recognition", store), tmp_path / "one")
    together("recognition", store, tmp_path / "two")
    for one, two in zip(losses(tmp_path / "one"), losses(tmp_path / "two"), strict=True):
        assert two == pytest.approx(one, rel=2e-3)
    one_model, two_model = (load_model(tmp_path / name / "model.safetensors")[0] for name in ("one", "two"))
    for name, tensor in one_model.state_dict().items():
        torch.testing.assert_close(two_model.state_dict()[name], tensor, rtol=0.02, atol=2e-3)


def assert_same_losses(one: Path, two: Path) -> None:
    """Equal at the first step, then close: flat colours make ReLUs of the U-Net turn over together, for a rounding."""
    pairs = list(zip(losses(one), losses(two), strict=True))
    assert pairs[0][1][:2] == pytest.approx(pairs[0][0][:2], rel=1e-5)
    for first, second in pairs:
        assert second[:2] == pytest.approx(first[:2], rel=5e-3)


def test_two_processes_segment_as_one_does(store: Path, tmp_path: Path) -> None:
    """Shares of three and two images: batch normalisation weighs each image alike."""
    train_quietly(request("segmentation", store, images=5), tmp_path / "one")
    together("segmentation", store, tmp_path / "two", "--set", "segmentation.images=5")
    assert_same_losses(tmp_path / "one", tmp_path / "two")


def test_two_processes_train_end_to_end(store: Path, tmp_path: Path) -> None:
    parts = train_parts(store, tmp_path)
    train_quietly(request("joint", store, parts=parts), tmp_path / "one")
    options = ("--segmentation", parts.segmentation, "--recognition", parts.recognition)
    together("joint", store, tmp_path / "two", *options)
    assert_same_losses(tmp_path / "one", tmp_path / "two")
