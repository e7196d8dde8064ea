from __future__ import annotations

from pathlib import Path

import pytest

from gaitprep.experiment import progress
from gaitprep.experiment.progress import Progress
from gaitprep.experiment.unit import Unit
from gaitprep.run.events import Events
from tests.experiment.fakes import Fake


class Watch:
    """A clock that a test sets."""

    now = 1000.0

    def monotonic(self) -> float:
        """What it says."""
        return self.now


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    watch = Watch()
    monkeypatch.setattr(progress, "time", watch)
    return watch


def test_what_is_left_goes_by_units_of_the_same_kind(tmp_path: Path, watch: Watch) -> None:
    units: list[Unit] = [Fake(tmp_path, kind, f"{kind}{n}", ()) for kind in ("joint", "test", "unet") for n in range(3)]
    finished = {units[0].key: 3000.0, units[1].key: 4200.0, units[3].key: 60.0}
    with Events(quiet=True) as events:
        told = Progress(events, units, finished, workers=2)
        # One joint training of an hour and two tests of a minute in two processes; nobody knows how long a U-Net takes.
        assert told.left() == "about 31 min left, besides 3 units of kinds that none is done of"
        told.begin(units[2])
        watch.now += 1800
        assert told.left().startswith("about 16 min left")
        told.end(units[2], "done", seconds=3600)
        for unit in units[6:]:
            told.begin(unit)
            watch.now += 600
            told.end(unit, "done", seconds=600)
        assert told.left() == "about 1 min left"


def test_those_under_way_are_spoken_of_once_a_minute(
    tmp_path: Path, watch: Watch, capsys: pytest.CaptureFixture[str]
) -> None:
    units: list[Unit] = [Fake(tmp_path, "fake", name, ()) for name in "ab"]
    with Events() as events:
        told = Progress(events, units, {}, workers=2)
        told.begin(units[0])
        for _ in range(3):
            watch.now += 25
            told.wait(units[:1])
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "unit 1/2: a …"
    assert said[1:] == ["0/2 done · a · time left: known when the first units are done"]
