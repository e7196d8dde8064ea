"""Makes the units of an experiment: which networks are trained on what, and where they are tested."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from gaitprep.errors import UsageError
from gaitprep.evaluate.protocol import Sequences, rounds, rows_under_test
from gaitprep.experiment.config import ExperimentConfig
from gaitprep.experiment.testing import ColourTest, Testing
from gaitprep.experiment.training import Training
from gaitprep.run.digest import digest_json
from gaitprep.segment.bundled import named_weights
from gaitprep.store.reader import StoreReader, open_store
from gaitprep.train.config import PhaseName, TrainSettings
from gaitprep.train.network import END_TO_END, check_method
from gaitprep.train.preset import phase_config
from gaitprep.train.sequences import training_sequences


@dataclass(frozen=True)
class Bench:
    """A config's units, in one folder. Equal work gives equal units, so that experiments share their networks.

    Attributes:
        config: settings; units: folder of all units.
    """

    config: ExperimentConfig
    units: Path

    @cached_property
    def domains(self) -> list[str]:
        """Names of the stores."""
        return list(self.config.stores)

    @cached_property
    def digests(self) -> dict[str, str]:
        """Digests of the stores' content."""
        return {name: _digest(reader) for name, reader in self.readers.items()}

    @cached_property
    def readers(self) -> dict[str, StoreReader]:
        """The stores, open.

        Raises:
            StoreError: one cannot be used.
        """
        return {name: open_store(path) for name, path in self.config.stores.items()}

    def unet(self, domain: str, seed: int) -> Training:
        """A U-Net."""
        return self._training("segmentation", domain, "unet", seed)

    def network(self, domain: str, method: str, seed: int, variant: str = "", **changes: Any) -> Training:
        """A recogniser, or an end-to-end network with the recogniser of that seed and a U-Net before it.

        Args:
            domain: that it is trained on.
            method: architecture.
            seed: of its weights and draws.
            variant: what the changes are called.
            changes: settings of its phase that depart from those of the experiment.

        Raises:
            UsageError: an impossible setting.
        """
        if method not in END_TO_END:
            return self._training("recognition", domain, method, seed, variant, changes)
        starts = (
            named_weights(self.config.unet) or self.unet(domain, seed),
            self.network(domain, self.config.recogniser, seed),
        )
        return self._training("joint", domain, method, seed, variant, changes, starts)

    def test(self, network: Training, domain: str, *, untrained: bool = False, offset: int = 0) -> Testing:
        """The test of a network on a store."""
        moved = " moved" if offset else ""
        return Testing(
            self.units,
            f"test of {network.phase}",
            f"{network.name} on {domain}{moved}",
            (network,),
            network,
            self.config.stores[domain],
            self.digests[domain],
            domain,
            self.config.precision,
            self.config.distance,
            untrained,
            offset,
        )

    def colour(self, domain: str) -> ColourTest:
        """The test of colour alone."""
        store = self.config.stores[domain]
        return ColourTest(self.units, "colour", f"colour on {domain}", (), store, self.digests[domain], domain)

    def sizes(self) -> dict[str, dict[str, Any]]:
        """How large each store is, and how it is divided: counts by name."""
        return {name: _sizes(reader) for name, reader in self.readers.items()}

    def _training(
        self,
        phase: PhaseName,
        domain: str,
        method: str,
        seed: int,
        variant: str = "",
        changes: dict[str, Any] | None = None,
        starts: tuple[Training | Path, ...] = (),
    ) -> Training:
        config = self.config
        departures: dict[str, Any] = dict(getattr(config, phase))
        by_method = departures.pop("methods", {})
        departures |= by_method.get(method, {})
        for name, value in (changes or {}).items():
            departures[name] = {**departures.get(name, {}), **value} if isinstance(value, dict) else value
        # Which method trains is the experiment's to say.
        wanted = None if phase == "segmentation" else method
        settings = phase_config(
            phase, TrainSettings.model_validate({"preset": config.preset, phase: departures}), method=wanted
        )
        check_method(settings)
        name = "-".join(part for part in (domain, method, variant if changes else "", f"s{seed}") if part)
        return Training(
            self.units,
            method if phase == "recognition" else phase,
            name,
            tuple(start for start in starts if isinstance(start, Training)),
            phase,
            settings,
            config.preset,
            config.stores[domain],
            self.digests[domain],
            domain,
            method,
            variant,
            seed,
            tuple(start.checkpoint if isinstance(start, Training) else start for start in starts),
        )


def _digest(reader: StoreReader) -> str:
    objects = {key: item.digest for key, item in reader.inventory.items()}
    return digest_json([objects, reader.protocol.model_dump(mode="json") if reader.protocol else None])


def _sizes(reader: StoreReader) -> dict[str, Any]:
    if reader.protocol is None:
        raise UsageError(
            f"store {reader.name} has no protocol, so nobody knows who trains and who is tested",
            next_step="pack it with one: gaitprep scan DIR --dataset NAME",
        )
    training = training_sequences(reader)
    table = reader.sequences
    labels = Sequences(table.subject, table.condition, table.view)
    tested = rows_under_test(labels, reader.protocol, name=reader.name)
    found = rounds(labels, tested, reader.protocol, name=reader.name)
    return {
        "store": reader.name,
        "protocol": reader.protocol.name,
        "training subjects": len(training.subjects),
        "training sequences": len(training.rows),
        "training frames": int(training.lengths.sum()),
        "test subjects": len(np.unique(labels.subject[found.rows])),
        "gallery sequences": len(found.gallery),
        "probe sequences": {group: len(rows) for group, rows in found.probes.items()},
        "conditions": sorted({str(name) for name in labels.condition}),
        "views": sorted({str(name) for name in labels.view}),
    }
