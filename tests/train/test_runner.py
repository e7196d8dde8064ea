from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from gaitprep.errors import CheckpointError, ShardMissing, TrainingError, UsageError
from gaitprep.run.events import Events
from gaitprep.train.config import PhaseName
from gaitprep.train.network import Parts
from tests.builders import build_store, protocol, walks
from tests.train.tiny import losses, request, train_parts, train_quietly


def test_a_finished_run_is_left_alone(store: Path, tmp_path: Path) -> None:
    wanted = request("recognition", store)
    first = train_quietly(wanted, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    again = train_quietly(wanted, tmp_path)
    assert (first.resumed_from, again.resumed_from) == (0, 6)
    assert again.loss == first.loss
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == before


def test_the_folder_holds_what_it_should(store: Path, tmp_path: Path) -> None:
    train_quietly(request("segmentation", store), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "config.json",
        "log.jsonl",
        "model.safetensors",
        "state",
    ]
    config = json.loads((tmp_path / "config.json").read_text())
    assert (config["phase"], config["preset"], config["store"]["name"]) == ("segmentation", "cpu", "toy")
    assert str(store.parent) not in (tmp_path / "config.json").read_text()
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == list(range(6))
    assert set(lines[0]) == {"step", "loss", "segmentation", "gradient", "rate", "seconds", "waited"}
    assert [line["rate"] for line in lines] == pytest.approx([0.1] * 4 + [0.01] * 2)


@pytest.mark.parametrize(("phase", "unit"), [("segmentation", "images"), ("recognition", "clips")])
def test_progress_says_loss_speed_and_how_long_data_were_waited_for(
    phase: PhaseName, unit: str, store: Path, tmp_path: Path
) -> None:
    notes: list[str] = []

    class Listener(Events):
        def advance(self, steps: int = 1, note: str = "") -> None:
            notes.append(note)

    train_quietly(request(phase, store, steps=2), tmp_path, events=Listener(quiet=True))
    spoken = [note for note in notes if note]
    assert len(spoken) == 2
    for note, loss in zip(spoken, losses(tmp_path), strict=True):
        assert re.fullmatch(rf"loss {loss[1]:.3f} · \d+ {unit}/s · data \d+ %", note)


def test_other_settings_are_refused_unless_fresh(store: Path, tmp_path: Path) -> None:
    train_quietly(request("recognition", store), tmp_path)
    changed = request("recognition", store, rate=0.002, steps=5)
    with pytest.raises(TrainingError, match="holds a run of other settings") as raised:
        train_quietly(changed, tmp_path)
    assert "settings.rate 0.004 → 0.002" in raised.value.cause
    assert "settings.steps 6 → 5" in raised.value.cause
    assert "--fresh" in raised.value.next_step
    assert train_quietly(changed, tmp_path, fresh=True).resumed_from == 0
    train_quietly(changed, tmp_path / "clean")
    assert losses(tmp_path) == losses(tmp_path / "clean")
    # Fresh discards only what differs.
    assert train_quietly(changed, tmp_path, fresh=True).resumed_from == 5


def test_a_run_whose_settings_are_damaged_is_not_gone_on_with(store: Path, tmp_path: Path) -> None:
    wanted = request("recognition", store, steps=2)
    train_quietly(wanted, tmp_path)
    config = tmp_path / "config.json"
    config.write_text(config.read_text()[:40])
    with pytest.raises(TrainingError, match="nobody knows") as raised:
        train_quietly(wanted, tmp_path)
    assert "config.json is damaged" in raised.value.cause
    assert train_quietly(wanted, tmp_path, fresh=True).resumed_from == 0


def test_another_store_is_another_run(store: Path, tmp_path: Path) -> None:
    train_quietly(request("recognition", store), tmp_path / "run")
    other = build_store(tmp_path, walks(5, frames=9), name="toy", rules=protocol(["001-004"]))
    with pytest.raises(TrainingError, match="other settings") as raised:
        train_quietly(request("recognition", other), tmp_path / "run")
    assert "store.digest" in raised.value.cause


def test_a_foreign_folder_is_not_touched(store: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(TrainingError, match="holds no run"):
        train_quietly(request("recognition", store), tmp_path, fresh=True)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_one_subject_or_too_large_a_batch_is_refused_with_the_way_out(store: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="takes 9 subjects, the store has 4") as raised:
        train_quietly(request("recognition", store, subjects=9), tmp_path / "a")
    assert "--set recognition.subjects=4" in raised.value.next_step
    parts = Parts(tmp_path / "no.safetensors", tmp_path / "no.safetensors")
    with pytest.raises(TrainingError, match="4 × 5 sequences, the store has 16") as raised:
        train_quietly(request("joint", store, subjects=4, sequences=5, parts=parts), tmp_path / "b")
    assert "--set joint.sequences=4" in raised.value.next_step
    alone = build_store(tmp_path, walks(2, frames=4), name="alone", rules=protocol(["001"]))
    with pytest.raises(TrainingError, match="cannot be learnt from 1 training subject"):
        train_quietly(request("recognition", alone), tmp_path / "c")
    assert not any((tmp_path / name).exists() for name in "abc")


def test_a_store_without_masks_is_refused(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gaitprep.store.reader import StoreReader

    honest = StoreReader.take

    def blind(self: StoreReader, name: str, index: int, indices: object, out: Any = None):  # type: ignore[no-untyped-def]
        found = honest(self, name, index, indices, out)  # type: ignore[arg-type]
        if name == "mask":
            found[:] = 0
        return found

    monkeypatch.setattr(StoreReader, "take", blind)
    with pytest.raises(TrainingError, match="toy has no reference masks") as raised:
        train_quietly(request("segmentation", store), tmp_path)
    assert "gaitprep segment" in raised.value.next_step
    assert train_quietly(request("recognition", store), tmp_path / "r").steps == 6


def test_a_missing_shard_stops_the_run_by_name(tmp_path: Path) -> None:
    store = build_store(tmp_path, walks(3, frames=4), rules=protocol(["001-003"]))
    next(path for path in (store / "silhouette" / "c").rglob("*") if path.is_file()).unlink()
    with pytest.raises(ShardMissing, match="silhouette"):
        train_quietly(request("recognition", store), tmp_path / "run")


def test_joint_training_wants_its_parts(store: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="starts from two trained networks") as raised:
        train_quietly(request("joint", store), tmp_path / "joint")
    assert "--segmentation" in raised.value.next_step


def test_parts_that_do_not_fit_are_named(store: Path, tmp_path: Path) -> None:
    parts = train_parts(store, tmp_path)
    swapped = Parts(parts.recognition, parts.segmentation)
    with pytest.raises(CheckpointError, match="holds the network gaitgl, not unet"):
        train_quietly(request("joint", store, parts=swapped), tmp_path / "joint")
    twice = Parts(parts.segmentation, parts.segmentation)
    with pytest.raises(CheckpointError, match="not a recogniser"):
        train_quietly(request("joint", store, parts=twice), tmp_path / "joint")
    absent = Parts(parts.segmentation, tmp_path / "absent.safetensors")
    with pytest.raises(CheckpointError, match=r"absent\.safetensors"):
        train_quietly(request("joint", store, parts=absent), tmp_path / "joint")
    other = build_store(tmp_path, walks(4, frames=5), name="other", rules=protocol(["002-004"]))
    with pytest.raises(CheckpointError, match="classifies other subjects") as raised:
        train_quietly(request("joint", other, parts=parts), tmp_path / "joint")
    assert "4 subjects of toy, the store has 3" in raised.value.cause
    assert not (tmp_path / "joint").exists()


def test_a_method_belongs_to_its_phase(store: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="recognition cannot train 'gaitedge'") as raised:
        train_quietly(request("recognition", store, method="gaitedge"), tmp_path)
    assert "gaitgl" in raised.value.next_step
    with pytest.raises(UsageError, match="joint cannot train 'gaitgl'"):
        train_quietly(request("joint", store, method="gaitgl"), tmp_path)


def test_networks_without_a_classifier_are_joined_too(store: Path, tmp_path: Path) -> None:
    sizes = {"channels": [4, 8, 8], "embedding": 16}
    parts = train_parts(store, tmp_path, method="gaitset", network=sizes)
    outcome = train_quietly(request("joint", store, parts=parts, steps=1), tmp_path / "joint")
    assert outcome.steps == 1
