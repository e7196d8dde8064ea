from __future__ import annotations

from pathlib import Path

import pytest
import torch

from gaitprep.models.checkpoint import load_model
from gaitprep.train.config import JointConfig, RecognitionConfig, SegmentationConfig
from tests.train.tiny import losses, request, train_parts, train_quietly


def mean_losses(out: Path) -> tuple[float, float]:
    """Mean loss of the first and the last three steps."""
    values = [float(line[1]) for line in losses(out)]
    return sum(values[:3]) / 3, sum(values[-3:]) / 3


def test_segmentation_lowers_its_loss(store: Path, tmp_path: Path) -> None:
    train_quietly(request("segmentation", store, steps=15, milestones=[12]), tmp_path)
    first, last = mean_losses(tmp_path)
    assert last < 0.7 * first


@pytest.mark.parametrize("method", ["gaitgl", "gaitset", "gaitpart"])
def test_recognition_lowers_its_loss(method: str, store: Path, tmp_path: Path) -> None:
    sizes = {"gaitgl": {"channels": [4, 4, 8, 8]}, "gaitset": {"channels": [4, 8, 8], "embedding": 16}}
    wanted = request(
        "recognition",
        store,
        method=method,
        network=sizes.get(method, {}),
        steps=16,
        rate=0.003,
        subjects=4,
        ordered=method != "gaitset",
    )
    train_quietly(wanted, tmp_path)
    first, last = mean_losses(tmp_path)
    assert last < first
    _, info = load_model(tmp_path / "model.safetensors", architecture=method)
    assert info.classes == (4 if method == "gaitgl" else None)


def test_joint_training_lowers_its_loss_and_leaves_the_first_half_alone(store: Path, tmp_path: Path) -> None:
    parts = train_parts(store, tmp_path)
    wanted = request("joint", store, parts=parts, steps=12, milestones=[], segmentation_rate=1e-3, rate=3e-3)
    train_quietly(wanted, tmp_path / "joint")
    first, last = mean_losses(tmp_path / "joint")
    assert last < first
    before = load_model(parts.segmentation)[0].state_dict()
    after = load_model(tmp_path / "joint" / "model.safetensors")[0].segmenter.state_dict()
    for name, tensor in before.items():
        same = torch.equal(tensor, after[name])
        assert same == name.startswith("encoder."), name


def test_joint_training_has_two_rates_and_a_weighted_sum(store: Path, tmp_path: Path) -> None:
    from gaitprep.train.network import build_network

    wanted = request("joint", store, parts=train_parts(store, tmp_path), rate=1e-4, segmentation_rate=1e-5)
    train_quietly(wanted, tmp_path / "joint")
    _, total, triplet, classes, masks, _, rate = losses(tmp_path / "joint")[0]
    assert total == pytest.approx(triplet + classes + 10 * masks, rel=1e-5)
    assert rate == 1e-4
    assert losses(tmp_path / "joint")[2][-1] == pytest.approx(1e-5)
    network = build_network(wanted.config, subjects=["001", "002", "003", "004"], seed=0, parts=wanted.parts)
    trained = {name for name, p in network.named_parameters() if p.requires_grad}
    assert not any(name.startswith("segmenter.encoder") for name in trained)
    assert any(name.startswith("segmenter.decoder") for name in trained)


def test_chunks_add_up_to_the_batch(store: Path, tmp_path: Path) -> None:
    """Without batch statistics in between, one step in chunks is the step of the whole batch."""
    from gaitprep.models.compute import compute
    from gaitprep.models.registry import build
    from gaitprep.store.reader import open_store
    from gaitprep.train.batches import Batches
    from gaitprep.train.sampler import ImageSampler
    from gaitprep.train.segmentation import ARRAYS, Segmentation
    from gaitprep.train.sequences import training_sequences

    reader = open_store(store)
    sequences = training_sequences(reader)
    batches = Batches(reader, sequences, ImageSampler(sequences, images=7), ARRAYS, clips=False)
    batch = batches.read(0)
    found = []
    for chunk in (0, 3):
        torch.manual_seed(0)
        model = build("unet", channels=[4, 4, 8, 8]).eval()
        config = request("segmentation", store, chunk=chunk, colours=0).config
        assert isinstance(config, SegmentationConfig)
        phase = Segmentation("segmentation", config, model, batches, compute("cpu", "fp32"))
        values = phase.backward(batch)
        found.append((values["loss"], [p.grad.clone() for p in model.parameters() if p.grad is not None]))
    assert found[0][0] == pytest.approx(found[1][0], rel=1e-5)
    torch.testing.assert_close(found[0][1], found[1][1], rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("method", ["gaitgl", "gaitset", "gaitpart"])
def test_a_step_on_clips_in_chunks_is_that_of_the_batch(method: str, store: Path, tmp_path: Path) -> None:
    """Batch normalisation and triplets see the whole batch: the runs are equal up to rounding."""
    networks = {"gaitset": {"channels": [4, 8, 8], "embedding": 16}, "gaitpart": {"channels": [4, 8, 8]}}
    for chunk in (0, 3):
        wanted = request("recognition", store, method=method, chunk=chunk, **_network(networks.get(method)))
        train_quietly(wanted, tmp_path / str(chunk))
    whole, chunked = (losses(tmp_path / str(chunk)) for chunk in (0, 3))
    for one, other in zip(whole, chunked, strict=True):
        assert other == pytest.approx(one, rel=2e-3)


def _network(sizes: dict[str, object] | None) -> dict[str, object]:
    return {"network": sizes} if sizes else {}


def test_a_joint_step_in_chunks_is_that_of_the_batch(store: Path, tmp_path: Path) -> None:
    """Without batch statistics of the U-Net in between."""
    from gaitprep.models.compute import compute
    from gaitprep.store.reader import open_store
    from gaitprep.train.batches import Batches
    from gaitprep.train.joint import ARRAYS, Joint
    from gaitprep.train.network import build_network
    from gaitprep.train.sampler import ClipSampler
    from gaitprep.train.sequences import training_sequences

    parts = train_parts(store, tmp_path)
    reader = open_store(store)
    sequences = training_sequences(reader)
    sampler = ClipSampler(sequences, subjects=2, per_subject=2, frames=3)
    batches = Batches(reader, sequences, sampler, ARRAYS, clips=True)
    found = []
    for chunk in (0, 3):
        config = request("joint", store, parts=parts, chunk=chunk).config
        assert isinstance(config, JointConfig)
        model = build_network(config, subjects=sequences.subjects, seed=0, parts=parts)
        model.train()
        model.segmenter.eval()
        phase = Joint("joint", config, model, batches, compute("cpu", "fp32"))
        values = phase.backward(batches.read(0))
        found.append((values, [p.grad.clone() for p in model.parameters() if p.grad is not None]))
    assert found[0][0] == pytest.approx(found[1][0], rel=1e-5)
    torch.testing.assert_close(found[0][1], found[1][1], rtol=1e-3, atol=1e-6)


def test_chunks_leave_one_trace_in_the_running_statistics(store: Path, tmp_path: Path) -> None:
    parts = train_parts(store, tmp_path)
    for chunk in (0, 2):
        train_quietly(request("joint", store, parts=parts, chunk=chunk, steps=1), tmp_path / str(chunk))
    counts = []
    for chunk in (0, 2):
        state = load_model(tmp_path / str(chunk) / "model.safetensors")[0].state_dict()
        counts.append({name: int(value) for name, value in state.items() if name.endswith("num_batches_tracked")})
    decoder = {name for name in counts[0] if "decoder" in name}
    assert decoder
    for name, count in counts[1].items():
        assert count == counts[0][name] + (name in decoder), name


def test_the_checkpoint_says_where_it_comes_from(store: Path, tmp_path: Path) -> None:
    train_quietly(request("recognition", store, seed=5), tmp_path)
    model, info = load_model(tmp_path / "model.safetensors")
    assert (info.architecture, info.preset, info.trained_on) == ("gaitgl", "cpu", ("toy",))
    assert info.classes == 4
    assert info.details["subjects"] == ["001", "002", "003", "004"]
    assert (info.details["steps"], info.details["seed"]) == (6, 5)
    assert not model.training


def test_bf16_trains_too(store: Path, tmp_path: Path) -> None:
    train_quietly(request("recognition", store, precision="bf16"), tmp_path / "half")
    train_quietly(request("recognition", store), tmp_path / "full")
    model, info = load_model(tmp_path / "half" / "model.safetensors")
    assert info.details["precision"] == "bf16"
    assert all(tensor.dtype != torch.bfloat16 for tensor in model.state_dict().values())
    assert losses(tmp_path / "half")[0][1] == pytest.approx(losses(tmp_path / "full")[0][1], rel=0.05)
    assert losses(tmp_path / "half") != losses(tmp_path / "full")


def test_the_schedule_divides_by_ten_at_each_milestone(store: Path) -> None:
    config = request("segmentation", store, milestones=[2, 4]).config
    assert [config.rate_factor(step) for step in range(6)] == pytest.approx([1, 1, 0.1, 0.1, 0.01, 0.01])
    assert isinstance(request("joint", store).config, JointConfig)
    assert isinstance(request("recognition", store).config, RecognitionConfig)


def test_joint_training_may_see_moved_crops(store: Path, tmp_path: Path) -> None:
    parts = train_parts(store, tmp_path)
    for name, offset in (("still", 0), ("moved", 12), ("again", 12)):
        train_quietly(request("joint", store, parts=parts, steps=2, milestones=[], offset=offset), tmp_path / name)
    assert losses(tmp_path / "moved") != losses(tmp_path / "still")
    assert losses(tmp_path / "moved") == losses(tmp_path / "again")
