from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from gaitprep.train.config import PhaseName
from gaitprep.train.state import states
from tests.train.tiny import Killed, Killer, losses, request, train_parts, train_quietly


def kill(wanted, out: Path, after: int, every: float = 0.0) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Killed):
        train_quietly(wanted, out, every=every, events=Killer(after))


SMALL = {"gaitset": {"channels": [4, 8, 8], "embedding": 16}, "gaitpart": {"channels": [4, 8, 8]}}
EVERY_PHASE = [
    ("segmentation", ""),
    *[("recognition", method) for method in ("gaitgl", "gaitset", "gaitpart")],
    *[("joint", method) for method in ("gaitedge", "gaitgl-e2e")],
]


@pytest.mark.parametrize(("phase", "method"), EVERY_PHASE)
def test_killed_at_random_steps_the_run_ends_as_if_nothing_had_happened(
    phase: PhaseName, method: str, store: Path, tmp_path: Path
) -> None:
    changes: dict[str, Any] = {"steps": 6} | ({"method": method} if method else {})
    if method in SMALL:
        changes |= {"network": SMALL[method], "ordered": method != "gaitset"}
    wanted = request(phase, store, parts=train_parts(store, tmp_path) if phase == "joint" else None, **changes)
    train_quietly(wanted, tmp_path / "whole")
    generator = random.Random(phase + method)
    for run in range(2):
        out = tmp_path / f"killed-{run}"
        kill(wanted, out, generator.randint(2, 3))
        kill(wanted, out, generator.randint(1, 3))
        assert train_quietly(wanted, out).resumed_from > 0
        assert losses(out) == losses(tmp_path / "whole")
        assert (out / "model.safetensors").read_bytes() == (tmp_path / "whole" / "model.safetensors").read_bytes()


def test_steps_after_the_last_state_are_done_and_logged_anew(store: Path, tmp_path: Path) -> None:
    wanted = request("recognition", store)
    train_quietly(wanted, tmp_path / "whole")
    kill(wanted, tmp_path / "killed", 5)
    states(tmp_path / "killed" / "state")[-1].unlink()
    log = tmp_path / "killed" / "log.jsonl"
    log.write_text(log.read_text() + '{"step": 5, "lo')
    assert train_quietly(wanted, tmp_path / "killed").resumed_from == 3
    assert losses(tmp_path / "killed") == losses(tmp_path / "whole")


def test_without_a_state_the_run_begins_again(store: Path, tmp_path: Path) -> None:
    wanted = request("recognition", store)
    train_quietly(wanted, tmp_path / "whole")
    kill(wanted, tmp_path / "killed", 3, every=1e9)
    assert states(tmp_path / "killed" / "state") == []
    assert train_quietly(wanted, tmp_path / "killed").resumed_from == 0
    assert losses(tmp_path / "killed") == losses(tmp_path / "whole")


def test_killed_between_the_last_state_and_the_model(store: Path, tmp_path: Path) -> None:
    wanted = request("recognition", store)
    train_quietly(wanted, tmp_path / "run")
    model = tmp_path / "run" / "model.safetensors"
    before = model.read_bytes()
    model.unlink()
    outcome = train_quietly(wanted, tmp_path / "run")
    assert outcome.resumed_from == outcome.steps == 6
    assert model.read_bytes() == before


def test_a_damaged_state_gives_way_to_the_one_before(store: Path, tmp_path: Path) -> None:
    wanted = request("recognition", store)
    train_quietly(wanted, tmp_path / "whole")
    kill(wanted, tmp_path / "killed", 5)
    newest = states(tmp_path / "killed" / "state")[-1]
    newest.write_bytes(newest.read_bytes()[:-200])
    assert train_quietly(wanted, tmp_path / "killed").resumed_from == 3
    assert losses(tmp_path / "killed") == losses(tmp_path / "whole")


def test_another_seed_is_another_run(store: Path, tmp_path: Path) -> None:
    train_quietly(request("recognition", store, steps=2), tmp_path / "one")
    train_quietly(request("recognition", store, steps=2, seed=1), tmp_path / "other")
    assert losses(tmp_path / "one") != losses(tmp_path / "other")
