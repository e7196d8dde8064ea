"""Figure 7: what the end-to-end networks see of the same frames, trained at home and abroad."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gaitprep.errors import UsageError
from gaitprep.evaluate.embed import ValidFrames, needs_masks
from gaitprep.evaluate.protocol import Rows, Sequences, rounds, rows_under_test
from gaitprep.evaluate.tables import NAMES
from gaitprep.experiment.bench import Bench
from gaitprep.experiment.config import PicturesConfig
from gaitprep.experiment.sheet import Stage, Strip, sheet
from gaitprep.experiment.training import Training
from gaitprep.experiment.unit import Clock, Done, Unit
from gaitprep.models.checkpoint import load_model
from gaitprep.models.device import resolve_device
from gaitprep.models.gaitedge import EndToEnd, GaitEdgeConfig
from gaitprep.models.synthesis import dilate, erode, synthesise
from gaitprep.report.frames import png
from gaitprep.run.atomic import publish_bytes
from gaitprep.run.events import Events
from gaitprep.store.reader import StoreReader, open_store

_VERSION = 1
METHODS = ("gaitgl-e2e", "gaitedge")
_GOLDEN = 0.618


@dataclass(frozen=True)
class Picture(Unit):
    """A sheet of one sequence: rows are what each network makes of it, columns are frames.

    Attributes:
        networks: what is shown, in this order.
        store, store_digest, domain: where the sequence is; see `Training`.
        sequence: `subject/condition/view`; frames: how many of it.
    """

    networks: tuple[Training, ...]
    store: Path
    store_digest: str
    domain: str
    sequence: str
    frames: int

    def inputs(self) -> dict[str, Any]:
        """See `Unit.inputs`."""
        return {
            "version": _VERSION,
            "store": self.store_digest,
            "sequence": self.sequence,
            "frames": self.frames,
            "domains": [network.domain == self.domain for network in self.networks],
        }

    @property
    def files(self) -> tuple[str, ...]:
        """See `Unit.files`."""
        return ("picture.png",)

    def work(self, device: str, events: Events) -> Done:
        """See `Unit.work`."""
        clock, reader = Clock(), open_store(self.store)
        row = _row(reader, self.sequence)
        usable = ValidFrames(reader)(row)
        chosen = usable[np.unique(np.linspace(0, len(usable) - 1, self.frames).round().astype(np.int64))]
        rgb, ratio = reader.take("rgb", row, chosen), reader.take("ratio", row, chosen)
        mask, silhouette = reader.take("mask", row, chosen), reader.take("silhouette", row, chosen)
        strips = [
            Strip("crop", list(rgb), ratio),
            Strip("reference mask", list(mask), ratio),
            Strip("reference silhouette", list(silhouette)),
        ]
        for network in self.networks:
            model, info = load_model(network.checkpoint)
            assert isinstance(model, EndToEnd)
            where = "at home" if network.domain == self.domain else "abroad"
            heading = f"{NAMES[info.architecture]}, trained {where} ({network.domain})"
            strips += _strips(heading, model.to(resolve_device(device)), rgb, ratio, mask)
        title = f"{self.domain} {self.sequence}"
        publish_bytes(self.folder / self.files[0], png(sheet(title, chosen, strips)))
        return Done(clock.seconds, {})


def _strips(heading: str, model: EndToEnd, rgb: Any, ratio: Any, mask: Any) -> list[Strip]:
    device = next(model.parameters()).device
    images = torch.from_numpy(rgb).to(device).permute(0, 3, 1, 2)[None]
    given = torch.from_numpy(mask).to(device)[None] if needs_masks(model) else None
    with torch.inference_mode():
        aligned, logits = model.silhouettes(images, torch.from_numpy(ratio).to(device)[None], given)
    probability, person = logits[0].sigmoid(), logits[0] > 0
    strips = [Strip("probability", _grey(probability), ratio, heading)]
    if isinstance(model.config, GaitEdgeConfig):
        side = model.config.kernel_size
        source = given[0] > 127 if given is not None else person
        interior = erode(source, side)
        edge = interior ^ dilate(source, side)
        strips.append(Strip(f"interior, edge {side}x{side}", _parts(interior, edge), ratio))
        strips.append(Strip("synthesised", _grey(synthesise(probability, source, side)), ratio))
    return [*strips, Strip("aligned: what is recognised", _grey(aligned[0]))]


def picture_units(config: PicturesConfig, bench: Bench) -> list[Unit]:
    """The sheets that are wanted.

    Raises:
        UsageError: a store or a sequence that there is none of.
    """
    if unknown := set(config.sequences) - set(bench.domains):
        raise UsageError(f"there is no store {min(unknown)!r}", next_step=f"stores: {', '.join(bench.domains)}")
    units: list[Unit] = []
    for domain in bench.domains:
        others = [other for other in bench.domains if other != domain]
        networks = tuple(
            bench.network(trained, method, config.seed) for trained in (domain, *others) for method in METHODS
        )
        reader = bench.readers[domain]
        for sequence in config.sequences.get(domain) or _spread(reader, config.count):
            _row(reader, sequence)
            name = f"{domain} {sequence}"
            store, digest = config.stores[domain], bench.digests[domain]
            units.append(
                Picture(
                    bench.units, "picture", name, networks, networks, store, digest, domain, sequence, config.frames
                )
            )
    return units


def _spread(reader: StoreReader, count: int) -> list[str]:
    """Probes of different people, walks and views."""
    labels, protocol = _labels(reader), reader.protocol
    assert protocol is not None
    frames = ValidFrames(reader)
    tested = rows_under_test(labels, protocol, name=reader.name)
    usable: Rows = np.array([row for row in tested if len(frames(int(row)))], np.int64)
    probes = np.unique(np.concatenate(list(rounds(labels, usable, protocol, name=reader.name).probes.values())))
    subjects = np.unique(labels.subject[probes])
    chosen = []
    for number in range(min(count, len(subjects))):
        own = probes[labels.subject[probes] == subjects[number * len(subjects) // count]]
        # Steps of the golden ratio: neither the walk nor the view stays the same from one to the next.
        chosen.append(own[int((0.5 + number * _GOLDEN) % 1 * len(own))])
    return ["/".join(labels.labels(int(row))) for row in chosen]


def _row(reader: StoreReader, sequence: str) -> int:
    labels = _labels(reader)
    for row in range(len(labels)):
        if "/".join(labels.labels(row)) == sequence:
            return row
    raise UsageError(
        f"store {reader.name} has no sequence {sequence!r}",
        next_step=f"they are called like {'/'.join(labels.labels(0))}; gaitprep info {reader.path} tells more",
    )


def _labels(reader: StoreReader) -> Sequences:
    table = reader.sequences
    return Sequences(table.subject, table.condition, table.view)


def _grey(values: Tensor) -> list[Stage]:
    return list((values.clamp(0, 1) * 255).round().to(torch.uint8).cpu().numpy())


def _parts(interior: Tensor, edge: Tensor) -> list[Stage]:
    """Interiors white, edges orange."""
    colours = torch.tensor([[0, 0, 0], [255, 255, 255], [255, 140, 30]], dtype=torch.uint8, device=edge.device)
    return list(colours[interior.long() + 2 * edge.long()].cpu().numpy())
