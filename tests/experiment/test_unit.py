from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gaitprep.experiment.unit import in_order
from gaitprep.run.events import Events
from tests.experiment.fakes import Fake, fake


class Same(Fake):
    """Says nothing of itself."""

    def inputs(self) -> dict[str, Any]:
        return {}


def test_needs_come_first_and_equal_work_once(tmp_path: Path) -> None:
    first, again = fake(tmp_path, "a"), fake(tmp_path, "a")
    middle, last = fake(tmp_path, "b", first), fake(tmp_path, "c", again)
    assert [unit.name for unit in in_order([middle, last, first])] == ["a", "b", "c"]


def test_a_unit_is_found_again_by_all_that_it_depends_on(tmp_path: Path) -> None:
    before = fake(tmp_path, "b", fake(tmp_path, "a"))
    before.perform("cpu", Events(quiet=True))
    assert fake(tmp_path, "b", fake(tmp_path, "a")).done() is not None
    changed = fake(tmp_path, "b", fake(tmp_path, "other"))
    assert changed.done() is None
    assert changed.folder != before.folder


def test_two_names_for_equal_inputs_are_two_units(tmp_path: Path) -> None:
    first, second = Same(tmp_path, "fake", "lab-s0", ()), Same(tmp_path, "fake", "street-s0", ())
    assert first.inputs() == second.inputs()
    assert len(in_order([first, second])) == 2
    first.perform("cpu", Events(quiet=True))
    assert (first.done() is not None, second.done()) == (True, None)


def test_a_damaged_mark_or_a_lost_file_is_not_done(tmp_path: Path) -> None:
    unit = fake(tmp_path, "a")
    unit.perform("cpu", Events(quiet=True))
    mark = unit.folder / "unit.json"
    content = json.loads(mark.read_text())
    mark.write_text(json.dumps({**content, "files": ["model.safetensors"]}))
    assert unit.done() is None
    mark.write_text(mark.read_text()[:20])
    assert unit.done() is None
