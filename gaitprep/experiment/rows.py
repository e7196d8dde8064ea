"""The numbers of an experiment: a row for each test of each network."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from gaitprep.evaluate.results import RecognitionResult, Results
from gaitprep.evaluate.tables import NAMES
from gaitprep.experiment.colour import COLOUR
from gaitprep.experiment.testing import ColourTest, Testing, split_untrained
from gaitprep.experiment.unit import Unit

UNTRAINED = "untrained"


class Row(BaseModel):
    """One network in one test. All numbers are percent; None is missing.

    Attributes:
        trained_on: domain, "" where nothing was trained.
        method, variant: what was tested; seed: of its training.
        test_set: domain; offset: how far its crops were moved, in pixels.
        rank1: by group of probes; mean: over them; ranks: rank-k, mean over the groups.
        chance: rank-1 of a random order by group; chance_mean: over them.
        probes: sought sequences by group.
        iou, baseline: of the network's masks, and of the best single mask, with the reference; None where there are
            none.
        notes: what a reader must know beside the numbers.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    trained_on: str
    method: str
    variant: str = ""
    seed: int | None = None
    test_set: str
    offset: int = 0
    rank1: dict[str, float | None]
    mean: float | None
    ranks: dict[int, float | None]
    chance: dict[str, float | None]
    chance_mean: float | None
    probes: dict[str, int]
    iou: float | None = None
    baseline: float | None = None
    notes: list[str] = []

    @property
    def label(self) -> str:
        """Method and variant as the field writes them."""
        name = NAMES.get(self.method, "Colour alone" if self.method == COLOUR else self.method)
        return f"{name}, {self.variant}" if self.variant else name

    @property
    def home(self) -> bool:
        """Whether it is tested on the domain that it was trained on."""
        return self.trained_on == self.test_set

    @property
    def test(self) -> str:
        """Name of the test."""
        return f"{self.test_set}, moved" if self.offset else self.test_set


def rows_of(units: Sequence[Unit]) -> list[Row]:
    """The rows of those units that are finished tests, in their order; random weights and colour last."""
    trained: list[Row] = []
    untrained: list[Row] = []
    for unit in units:
        if not isinstance(unit, Testing | ColourTest) or (done := unit.done()) is None:
            continue
        results = Results.model_validate(done.found)
        if isinstance(unit, ColourTest):
            untrained.append(_row(results.recognition[0], "", COLOUR, unit.domain))
            continue
        result, random = split_untrained(results)
        network = unit.network
        masks = results.segmentation[0] if results.segmentation else None
        row = _row(result, network.domain, network.method, unit.domain)
        more = {"variant": network.variant, "seed": network.seed}
        if masks is not None:
            more |= {"iou": masks.iou, "baseline": masks.baseline}
        trained.append(row.model_copy(update=more))
        if random is not None:
            untrained.append(_row(random, UNTRAINED, network.method, unit.domain))
    return trained + untrained


def _row(result: RecognitionResult, trained_on: str, method: str, domain: str) -> Row:
    sought = [condition for condition in result.conditions if condition.probes]
    return Row(
        trained_on=trained_on,
        method=method,
        test_set=domain,
        offset=result.offset,
        rank1={condition.name: condition.accuracy.get(1) for condition in sought},
        mean=result.accuracy.get(1),
        ranks=result.accuracy,
        chance={condition.name: condition.chance.get(1) for condition in sought},
        chance_mean=result.chance.get(1),
        probes={condition.name: condition.probes for condition in sought},
        notes=result.notes,
    )
