from __future__ import annotations

from pathlib import Path

import pytest
import torch

from gaitprep.errors import TrainingError
from gaitprep.train.folder import read_log
from gaitprep.train.recognition import Recognition
from gaitprep.train.state import states
from tests.train.tiny import losses, request, train_quietly


def poison(monkeypatch: pytest.MonkeyPatch, at: int, how) -> None:  # type: ignore[no-untyped-def]
    """Lets `how` spoil the network before step `at`."""
    honest = Recognition.features

    def spoiled(self, batch):  # type: ignore[no-untyped-def]
        if batch.step == at:
            how(self, batch)
        return honest(self, batch)

    monkeypatch.setattr(Recognition, "features", spoiled)


def test_a_nan_loss_stops_with_step_and_cause(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoil(phase: Recognition, batch: object) -> None:
        phase.model.lta.weight.data[0] = torch.nan  # type: ignore[union-attr]

    with monkeypatch.context() as patched:
        poison(patched, 3, spoil)
        with pytest.raises(TrainingError, match="recognition stopped at step 3") as raised:
            train_quietly(request("recognition", store), tmp_path, every=0)
    assert "triplet" in raised.value.fact
    assert "cross_entropy" in raised.value.fact
    assert "are not finite" in raised.value.fact
    assert "lta.weight" in raised.value.cause
    assert "--set recognition.rate=0.0004" in raised.value.next_step
    assert len(list(read_log(tmp_path / "log.jsonl"))) == 3
    assert [path.stem for path in states(tmp_path / "state")] == ["00000002", "00000003"]
    assert not (tmp_path / "model.safetensors").exists()
    # What was saved is from before the trouble, and can be gone on with.
    train_quietly(request("recognition", store), tmp_path)
    train_quietly(request("recognition", store), tmp_path / "whole")
    assert losses(tmp_path) == losses(tmp_path / "whole")


def test_numbers_that_run_over_are_traced_to_where_they_are_first_seen(store: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="segmentation stopped at step 1") as raised:
        train_quietly(request("segmentation", store, rate=1e30), tmp_path)
    assert raised.value.fact.endswith("the segmentation is not finite")
    assert "first seen in the running statistics encoder.blocks.0.first.norm" in raised.value.cause
    assert "--set segmentation.rate=1e+29" in raised.value.next_step


def test_a_nan_in_the_data_is_named(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gaitprep.train.guard import check_losses

    def spoil(phase: Recognition, batch) -> None:  # type: ignore[no-untyped-def]
        batch.arrays["ratio"] = torch.full((2,), torch.nan).numpy()
        check_losses("joint", 0.1, phase.model, batch, {"loss": float("nan")})

    poison(monkeypatch, 1, spoil)
    with pytest.raises(TrainingError, match="joint stopped at step 1") as raised:
        train_quietly(request("recognition", store), tmp_path)
    assert "array 'ratio'" in raised.value.cause


def test_a_gradient_that_is_not_finite_changes_no_parameter(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[str, torch.Tensor] = {}

    def spoil(phase: Recognition, batch: object) -> None:
        kept.update({name: p.detach().clone() for name, p in phase.model.named_parameters()})
        kept["model"] = phase.model  # type: ignore[assignment]
        phase.model.head.weight.register_hook(lambda gradient: gradient * torch.inf)  # type: ignore[union-attr]

    poison(monkeypatch, 2, spoil)
    with pytest.raises(TrainingError, match="step 2: a gradient is not finite") as raised:
        train_quietly(request("recognition", store), tmp_path)
    assert "head.weight" in raised.value.cause
    model = kept.pop("model")
    assert all(torch.equal(p, kept[name]) for name, p in model.named_parameters())  # type: ignore[attr-defined]
