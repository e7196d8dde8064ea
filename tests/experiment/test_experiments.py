"""Whole experiments with tiny networks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import pytest
import torch

from gaitprep.errors import StoreError, UsageError
from gaitprep.experiment import training
from gaitprep.experiment.config import make_config
from gaitprep.experiment.experiments import EXPERIMENTS
from gaitprep.experiment.run import Plan, carry_out_plan, plan
from gaitprep.experiment.schedule import Execution
from gaitprep.models.checkpoint import load_model
from gaitprep.models.gaitedge import EndToEnd
from gaitprep.run.digest import digest_file
from gaitprep.run.events import Events
from gaitprep.train import loop
from tests.builders import build_store, protocol, walks

ONE = Execution(1, "cpu", 1)


def prepare(name: str, tiny: dict[str, Any], out: Path, **more: Any) -> Plan:
    config = make_config(EXPERIMENTS[name].kind, name, {**tiny, **more})
    return plan(name, config, out, "gaitprep experiment …")


def run(name: str, tiny: dict[str, Any], out: Path, **more: Any) -> tuple[dict[str, Any], dict[str, str]]:
    todo = prepare(name, tiny, out, **more)
    with Events(quiet=True) as events:
        failed = carry_out_plan(todo, ONE, events)
    return json.loads((out / name / "results.json").read_text()), dict(failed)


METHODS = {"gaitset": [0], "gaitgl": [0, 1], "gaitgl-e2e": [0], "gaitedge": [0]}


def test_cross_domain_from_stores_to_tables(tiny: dict[str, Any], tmp_path: Path) -> None:
    results, failed = run("cross-domain", tiny, tmp_path, methods=METHODS)
    assert failed == {}
    assert results["complete"]
    # 2 domains × (1 U-Net, 1 GaitSet, 2 GaitGL, 2 end to end), each network but the U-Net tested twice; 2 colours.
    assert len(results["units"]) == 2 * (1 + 5) + 2 * 5 * 2 + 2
    trained = [row for row in results["rows"] if row["seed"] is not None]
    assert {(row["trained_on"], row["method"], row["seed"], row["test_set"]) for row in trained} == {
        (domain, method, seed, test)
        for domain in ("lab", "street")
        for method, seeds in METHODS.items()
        for seed in seeds
        for test in ("lab", "street")
    }
    others = [(row["trained_on"], row["method"], row["test_set"]) for row in results["rows"] if row["seed"] is None]
    assert sorted(others) == [
        *[("", "colour", test) for test in ("lab", "street")],
        *[("untrained", method, test) for method in ("gaitgl", "gaitset") for test in ("lab", "street")],
    ]
    assert all((row["iou"] is not None) == (row["method"] in ("gaitgl-e2e", "gaitedge")) for row in trained)
    assert results["stores"]["lab"]["training subjects"] == 2
    assert results["stores"]["lab"]["probe sequences"] == {"NM": 4, "BG": 4, "CL": 0}
    assert results["rows"][0]["chance"]["NM"] == 50
    assert {one["claim"] for one in results["findings"]} > {"Abroad GaitEdge is better than GaitGL-E2E"}
    assert str(tmp_path) not in json.dumps(results)
    text = (tmp_path / "cross-domain" / "results.md").read_text()
    for words in ("| lab | GaitSet | 1 |", "Colour alone", "(random weights)", "training subjects", "torch"):
        assert words in text
    assert "Not complete" not in text


def test_the_end_to_end_methods_may_start_from_the_unet_that_ships(tiny: dict[str, Any], tmp_path: Path) -> None:
    todo = prepare("cross-domain", tiny, tmp_path, methods={"gaitedge": [0]}, unet="bundled-small")
    assert not [unit.name for unit in todo.left if "unet" in unit.name]
    joint = next(unit for unit in todo.left if unit.name == "lab-gaitedge-s0")
    assert isinstance(joint, training.Training)
    assert joint.starts[0].name == "small.safetensors"
    assert joint.inputs()["starts"] == [digest_file(joint.starts[0])]
    _, failed = run("cross-domain", tiny, tmp_path, methods={"gaitedge": [0]}, unet="bundled-small")
    assert failed == {}
    shipped, _ = load_model(joint.starts[0], architecture="unet")
    learnt, _ = load_model(joint.checkpoint, architecture="gaitedge")
    assert isinstance(learnt, EndToEnd)
    ours, theirs = learnt.segmenter.state_dict(), shipped.state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours if name.startswith("encoder."))
    assert not all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_an_experiment_takes_what_another_one_has_trained(tiny: dict[str, Any], tmp_path: Path) -> None:
    run("cross-domain", tiny, tmp_path, methods={"gaitgl-e2e": [0], "gaitedge": [0]})
    todo = prepare("structuring-element", tiny, tmp_path, elements=[3, 5], seeds=[0])
    assert {unit.name for unit in todo.left} == {
        name
        for domain in ("lab", "street")
        for name in (f"{domain}-gaitedge-5x5-s0", *(f"{domain}-gaitedge-5x5-s0 on {t}" for t in ("lab", "street")))
    }
    results, failed = run("structuring-element", tiny, tmp_path, elements=[3, 5], seeds=[0])
    assert failed == {}
    variants = [(row["method"], row["variant"]) for row in results["rows"] if row["trained_on"] == "lab"]
    assert list(dict.fromkeys(variants)) == [("gaitedge", "3x3"), ("gaitedge", "5x5"), ("gaitgl-e2e", "")]
    assert results["settings"]["elements"] == [3, 5]


def test_alignment_moves_crops_and_says_so(tiny: dict[str, Any], tmp_path: Path) -> None:
    results, failed = run(
        "alignment", tiny, tmp_path, methods=["gaitedge"], modes=["none", "exact"], offset=9, seeds=[0]
    )
    assert failed == {}
    assert [(row["variant"], row["offset"]) for row in results["rows"]] == [
        ("not aligned", 0),
        ("not aligned", 9),
        ("aligned (exact)", 0),
        ("aligned (exact)", 9),
    ]
    assert {row["test_set"] for row in results["rows"]} == {"lab"}
    assert len(results["findings"]) == 1
    config = next(tmp_path.glob("units/lab-gaitedge-not-aligned-s0-*/config.json"))
    settings = json.loads(config.read_text())["settings"]
    assert (settings["offset"], settings["network"]) == (9, {"align": "none"})


def test_pictures_of_the_same_frames_at_home_and_abroad(tiny: dict[str, Any], tmp_path: Path) -> None:
    results, failed = run("pictures", tiny, tmp_path, sequences={"lab": ["003/nm-02/090"]}, count=2, frames=3)
    assert failed == {}
    assert len(results["pictures"]) == 3
    names = {unit["name"] for unit in results["units"] if unit["kind"] == "picture"}
    assert "lab 003/nm-02/090" in names
    picture = cv2.imread(str(tmp_path / "pictures" / results["pictures"][0]))
    # Three rows of the store and two, then four of each network, at home and abroad.
    assert picture.shape[0] > (3 + 2 * (2 + 4)) * 112
    with pytest.raises(UsageError, match="no sequence '003/nm-09/090'"):
        prepare("pictures", tiny, tmp_path, sequences={"lab": ["003/nm-09/090"]})


def test_a_killed_experiment_goes_on(tiny: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    methods = {"gaitgl": [0], "gaitedge": [0]}
    todo = prepare("cross-domain", tiny, tmp_path / "killed", methods=methods)
    saved, kills = loop.save_state, iter([1, 4, 3])
    left = next(kills)

    def save_and_die(*arguments: Any, **named: Any) -> Any:
        nonlocal left
        path = saved(*arguments, **named)
        left -= 1
        if left == 0:
            left = next(kills, -1)
            raise KeyboardInterrupt
        return path

    monkeypatch.setattr(loop, "save_state", save_and_die)
    monkeypatch.setattr(training, "_CHECKPOINT_SECONDS", 0.0)  # a state after every step
    attempts = 0
    while todo.left:
        attempts += 1
        try:
            with Events(quiet=True) as events:
                carry_out_plan(todo, ONE, events)
        except KeyboardInterrupt:
            between = json.loads((tmp_path / "killed" / "cross-domain" / "results.json").read_text())
            assert not between["complete"]
    assert attempts == 4
    killed = json.loads((tmp_path / "killed" / "cross-domain" / "results.json").read_text())
    whole, _ = run("cross-domain", tiny, tmp_path / "whole", methods=methods)
    assert killed["rows"] == whole["rows"]


def test_changed_settings_redo_what_depends_on_them(tiny: dict[str, Any], tmp_path: Path) -> None:
    methods = {"gaitset": [0], "gaitedge": [0]}
    run("cross-domain", tiny, tmp_path, methods=methods)
    changed = {**tiny, "joint": {**tiny["joint"], "steps": 1}}
    left = {unit.name for unit in prepare("cross-domain", changed, tmp_path, methods=methods).left}
    assert left == {
        name
        for d in ("lab", "street")
        for name in (f"{d}-gaitedge-s0", f"{d}-gaitedge-s0 on lab", f"{d}-gaitedge-s0 on street")
    }
    assert prepare("cross-domain", tiny, tmp_path, methods=methods).left == []
    metric = prepare("cross-domain", {**tiny, "distance": "cosine"}, tmp_path, methods=methods).left
    assert all(" on " in unit.name for unit in metric)


def test_a_failing_unit_is_named_and_the_others_go_on(tiny: dict[str, Any], tmp_path: Path) -> None:
    greedy = {**tiny["recognition"], "methods": {**tiny["recognition"]["methods"], "gaitset": {"subjects": 3}}}
    results, failed = run(
        "cross-domain", {**tiny, "recognition": greedy}, tmp_path, methods={"gaitset": [0], "gaitgl": [0]}
    )
    # The laboratory has two subjects to train on, the street three.
    assert set(failed) == {"lab-gaitset-s0", "lab-gaitset-s0 on lab", "lab-gaitset-s0 on street"}
    assert "takes 3 subjects, the store has 2" in failed["lab-gaitset-s0"]
    assert not results["complete"]
    assert {row["method"] for row in results["rows"] if row["trained_on"] == "lab"} == {"gaitgl"}
    text = (tmp_path / "cross-domain" / "results.md").read_text()
    assert "**Not complete:** 3 of 14 units are not done, 3 failed." in text
    assert "FAILED: a batch takes 3 subjects" in text


def test_stores_are_looked_at_before_anything_is_trained(tiny: dict[str, Any], tmp_path: Path) -> None:
    alone = build_store(tmp_path, walks(2, frames=3), name="alone", rules=protocol(["001-002"]))
    with pytest.raises(StoreError, match="no test subject"):
        prepare("cross-domain", {**tiny, "stores": {"alone": alone}}, tmp_path, methods=METHODS)
    with pytest.raises(UsageError, match="no recogniser of silhouettes"):
        prepare("cross-domain", {**tiny, "recogniser": "gaitedge"}, tmp_path, methods={"gaitedge": [0]})
    assert not (tmp_path / "units").exists()
