"""The units that test: a network, through the very code of `gaitprep evaluate`, and colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaitprep.evaluate.distances import Metric
from gaitprep.evaluate.results import UNTRAINED, RecognitionResult, Results
from gaitprep.evaluate.runner import evaluate
from gaitprep.experiment.colour import recognise_by_colour
from gaitprep.experiment.training import Training
from gaitprep.experiment.unit import Clock, Done, Unit
from gaitprep.models.compute import Precision
from gaitprep.run.events import Events

_VERSION = 1
"""Raised whenever the same test would give other numbers."""


@dataclass(frozen=True)
class Testing(Unit):
    """Tests a network that another unit trains on one store.

    Attributes:
        network: that unit.
        store, store_digest, domain: where it is tested; see `Training`.
        precision, metric: of the test.
        untrained: also test the architecture with random weights.
        offset: how far crops are moved at most, in pixels.
    """

    network: Training
    store: Path
    store_digest: str
    domain: str
    precision: Precision
    metric: Metric
    untrained: bool
    offset: int

    def inputs(self) -> dict[str, Any]:
        """See `Unit.inputs`."""
        return {
            "version": _VERSION,
            "store": self.store_digest,
            "precision": self.precision,
            "metric": self.metric,
            "untrained": self.untrained,
            "offset": self.offset,
        }

    def work(self, device: str, events: Events) -> Done:
        """See `Unit.work`."""
        clock = Clock()
        results = evaluate(
            [self.network.checkpoint],
            [self.store],
            events,
            metric=self.metric,
            device=device,
            precision=self.precision,
            untrained=self.untrained,
            offset=self.offset,
        )
        return Done(clock.seconds, results.model_dump(mode="json"))


@dataclass(frozen=True)
class ColourTest(Unit):
    """Recognises people of a store by the colours inside their masks alone.

    Attributes:
        store, store_digest, domain: where; see `Training`.
    """

    store: Path
    store_digest: str
    domain: str

    def inputs(self) -> dict[str, Any]:
        """See `Unit.inputs`."""
        return {"version": _VERSION, "store": self.store_digest}

    def work(self, device: str, events: Events) -> Done:
        """See `Unit.work`."""
        clock = Clock()
        result = recognise_by_colour(self.store, events)
        return Done(clock.seconds, Results(recognition=[result]).model_dump(mode="json"))


def split_untrained(results: Results) -> tuple[RecognitionResult, RecognitionResult | None]:
    """The trained network's result, and that of random weights where there is one."""
    trained = next(result for result in results.recognition if result.checkpoint.name != UNTRAINED)
    random = next((result for result in results.recognition if result.checkpoint.name == UNTRAINED), None)
    return trained, random
