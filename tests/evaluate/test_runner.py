from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from gaitprep.errors import CheckpointError, StoreError, UsageError
from gaitprep.evaluate.results import UNTRAINED, Results
from gaitprep.evaluate.runner import evaluate
from gaitprep.evaluate.tables import remarks
from gaitprep.models.registry import build
from gaitprep.run.events import Events
from gaitprep.store.reader import StoreReader
from tests.builders import Walk, build_store, protocol, walks
from tests.evaluate.conftest import save


def run(checkpoints: list[Path], stores: list[Path], **options: object) -> Results:
    return evaluate(checkpoints, stores, Events(quiet=True), device="cpu", **options)  # type: ignore[arg-type]


def test_every_checkpoint_meets_every_store(home: Path, abroad: Path, networks: dict[str, Path]) -> None:
    results = run([networks["unet"], networks["gaitgl"], networks["gaitedge"]], [home, abroad])
    met = [(result.checkpoint.method, result.test_set, result.home) for result in results.recognition]
    assert met == [
        ("gaitgl", "home", True),
        ("gaitgl", "abroad", False),
        ("gaitedge", "home", True),
        ("gaitedge", "abroad", False),
    ]
    masks = [(result.checkpoint.method, result.test_set) for result in results.segmentation]
    assert masks == [("unet", "home"), ("unet", "abroad"), ("gaitedge", "home"), ("gaitedge", "abroad")]
    assert Results.model_validate_json(results.as_json()) == results


def test_gaitedge_takes_its_interiors_from_where_it_is_told(home: Path, networks: dict[str, Path]) -> None:
    own = run([networks["gaitedge"]], [home])
    assert run([networks["gaitedge"]], [home], mask_source="predicted") == own
    given = run([networks["gaitedge"]], [home], mask_source="reference")
    assert given.recognition[0].conditions != own.recognition[0].conditions
    assert "interiors are those of the reference masks" in given.recognition[0].notes
    assert (
        run([networks["reference"]], [home], mask_source="predicted").recognition[0].notes == own.recognition[0].notes
    )
    with pytest.raises(UsageError, match="none of the checkpoints is a GaitEdge"):
        run([networks["gaitgl"]], [home], mask_source="reference")


def test_what_random_weights_give_stands_beside(home: Path, networks: dict[str, Path]) -> None:
    checkpoints = [networks["unet"], networks["gaitgl"], networks["gaitgl"], networks["gaitedge"]]
    results = run(checkpoints, [home], untrained=True)
    untrained = [result for result in results.recognition if result.checkpoint.name == UNTRAINED]
    assert [(result.checkpoint.method, result.home) for result in untrained] == [("gaitgl", False)]
    again = run([networks["gaitgl"]], [home], untrained=True).recognition[-1]
    assert again.conditions == untrained[0].conditions
    assert again.conditions != results.recognition[0].conditions


def test_only_test_subjects_and_their_valid_frames_are_counted(home: Path, networks: dict[str, Path]) -> None:
    results = run([networks["gaitgl"], networks["unet"]], [home])
    recognition, masks = results.recognition[0], results.segmentation[0]
    assert (recognition.subjects, recognition.gallery) == (3, 6)
    probes = {condition.name: condition.probes for condition in recognition.conditions}
    assert probes == {"NM": 6, "BG": 6, "CL": 0}
    assert masks.frames == 3 * 6 * 6 - 2
    assert 0 <= masks.iou <= 100
    assert 50 < masks.baseline < 100


def test_chance_is_that_of_the_actual_gallery(home: Path, networks: dict[str, Path]) -> None:
    result = run([networks["gaitgl"]], [home]).recognition[0]
    by_name = {condition.name: condition for condition in result.conditions}
    assert by_name["NM"].chance[1] == pytest.approx(100 / 3)
    assert by_name["CL"].accuracy[1] is None
    assert result.chance[1] == pytest.approx(100 / 3)
    numbers = [by_name["NM"].accuracy[1], by_name["BG"].accuracy[1]]
    assert result.accuracy[1] == pytest.approx(sum(number for number in numbers if number is not None) / 2)
    assert "GaitGL on home: the test subjects have no sequence of CL" in remarks(Results(recognition=[result]))


def test_missing_gallery_entries_are_spoken_of(abroad: Path, networks: dict[str, Path]) -> None:
    results = run([networks["gaitgl"]], [abroad])
    normal = next(c for c in results.recognition[0].conditions if c.name == "NM")
    assert normal.unenrolled == 1
    assert any("count as errors" in remark for remark in remarks(results))


def test_networks_in_bf16_say_so(home: Path, networks: dict[str, Path]) -> None:
    plain = run([networks["gaitgl"]], [home]).recognition[0]
    half = run([networks["gaitgl"]], [home], precision="bf16").recognition[0]
    assert (plain.precision, half.precision) == ("fp32", "bf16")


@pytest.mark.parametrize("metric", ["concat", "cosine"])
def test_the_distance_is_written_down(metric: str, home: Path, networks: dict[str, Path]) -> None:
    assert run([networks["gaitgl"]], [home], metric=metric).recognition[0].metric == metric


def test_a_protocol_of_ones_own_rules_all_stores(home: Path, networks: dict[str, Path]) -> None:
    rules = protocol(["001-002"]).model_copy(
        update={"name": "open", "exclude_identical_view": False, "ranks": [1, 3], "probes": {"ALL": ["bg-01"]}}
    )
    result = run([networks["gaitgl"]], [home], protocol=rules).recognition[0]
    assert result.protocol == "open"
    assert [condition.name for condition in result.conditions] == ["ALL"]
    assert set(result.accuracy) == {1, 3}
    assert result.chance[1] == pytest.approx(100 / 3)


def test_subjects_that_trained_are_spoken_of(home: Path, networks: dict[str, Path]) -> None:
    rules = protocol(["005"])
    result = run([networks["gaitgl"]], [home], protocol=rules).recognition[0]
    assert "2 test subjects were trained on (001, 002, …)" in result.notes[0]
    assert run([networks["gaitgl"]], [home]).recognition[0].notes == []


def test_a_store_that_fits_nobody_is_named(home: Path, networks: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="home has no test subject"):
        run([networks["unet"]], [home], protocol=protocol(["001-999"]))
    with pytest.raises(UsageError, match="two of the stores are called 'home'"):
        run([networks["unet"]], [home, home])
    with pytest.raises(CheckpointError, match="nowhere"):
        run([tmp_path / "nowhere.safetensors"], [home])
    one_view = build_store(tmp_path, walks(3, views=["090"], frames=3), name="narrow", rules=protocol(["001"]))
    with pytest.raises(StoreError, match="nobody can be found in store narrow"):
        run([networks["gaitgl"]], [one_view])


def test_a_store_without_labels_has_nobody_enrolled(networks: dict[str, Path], tmp_path: Path) -> None:
    street = build_store(tmp_path, [Walk(None, frames=3), Walk(None, tracklet="0002", frames=3)], name="street")
    with pytest.raises(StoreError, match="gallery of store street is empty") as raised:
        run([networks["gaitgl"]], [street])
    assert "its test subjects have unknown" in raised.value.cause


def test_a_store_without_protocol_wants_one(
    home: Path, networks: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StoreReader, "protocol", property(lambda self: None))
    with pytest.raises(StoreError, match="home has no protocol") as raised:
        run([networks["gaitgl"]], [home])
    assert "--protocol" in raised.value.next_step
    assert run([networks["unet"]], [home]).segmentation[0].frames == 5 * 6 * 6 - 2


def test_a_network_that_has_lost_itself_is_refused(home: Path, tmp_path: Path) -> None:
    from gaitprep.models.checkpoint import ModelInfo, save_model

    model = build("gaitgl", channels=[4, 4, 8, 8], classes=2)
    with torch.no_grad():
        model.get_parameter("head.weight").fill_(torch.nan)
    save_model(tmp_path / "lost.safetensors", model, ModelInfo(trained_on=("home",)))
    with pytest.raises(CheckpointError, match="not finite"):
        run([tmp_path / "lost.safetensors"], [home])


def test_a_trained_network_beats_a_fresh_one(tmp_path: Path) -> None:
    """Training and evaluation agree on frames, labels and scale: what was learnt is found again."""
    from tests.train.tiny import request, train_quietly

    store = build_store(
        tmp_path, walks(8, ("nm-01", "nm-02"), ("000", "090"), 12), name="learn", rules=protocol(["001-005"])
    )
    wanted = request("segmentation", store, network={"channels": [4, 8, 8, 8]}, images=8, steps=40, milestones=[30])
    outcome = train_quietly(wanted, tmp_path / "unet")
    fresh = save(tmp_path / "fresh.safetensors", "unet", "learn", channels=[4, 8, 8, 8])
    before, after = run([fresh, outcome.checkpoint], [store]).segmentation
    assert after.iou > after.baseline > before.iou


def test_embeddings_are_kept_with_their_labels(home: Path, networks: dict[str, Path], tmp_path: Path) -> None:
    from safetensors import safe_open

    results = run([networks["gaitgl"]], [home], embeddings=tmp_path)
    (path,) = tmp_path.glob("gaitgl-*-on-home.safetensors")
    with safe_open(path, framework="pt") as file:
        kept, said = file.get_tensor("embedding"), file.metadata()
    assert said["checkpoint"] == str(networks["gaitgl"])
    labels = {name: json.loads(said[name]) for name in ("subject", "condition", "view")}
    assert len(set(labels["subject"])) == results.recognition[0].subjects == 3
    assert {len(values) for values in labels.values()} == {len(kept)}
    assert kept.shape[1:] == (8, 64)
    assert kept.isfinite().all()


def test_moved_crops_are_spoken_of_and_their_masks_move_with_them(home: Path, networks: dict[str, Path]) -> None:
    def masks(offset: int) -> tuple[list[str], int, float]:
        results = evaluate([networks["gaitgl-e2e"]], [home], Events(quiet=True), device="cpu", offset=offset)
        found = results.recognition[0]
        return found.notes, found.offset, results.segmentation[0].baseline

    notes, offset, still = masks(0)
    assert (notes, offset) == ([], 0)
    notes, offset, moved = masks(20)
    assert offset == 20
    assert notes == ["crops are moved at random by up to 20 pixels"]
    assert moved != still
