"""The four experiments: what each trains, tests and claims."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar

from gaitprep.experiment.bench import Bench
from gaitprep.experiment.config import (
    AlignmentConfig,
    CrossDomainConfig,
    ExperimentConfig,
    PicturesConfig,
    StructuringElementConfig,
)
from gaitprep.experiment.findings import Claim
from gaitprep.experiment.pictures import picture_units
from gaitprep.experiment.unit import Unit
from gaitprep.models.gaitedge import GaitEdgeConfig
from gaitprep.train.network import END_TO_END

ConfigT = TypeVar("ConfigT", bound=ExperimentConfig)


class Experiment(ABC, Generic[ConfigT]):
    """An experiment by name.

    Attributes:
        kind: class of its settings; title: of its table.
    """

    kind: ClassVar[type[ExperimentConfig]]
    title: ClassVar[str]

    @abstractmethod
    def units(self, config: ConfigT, bench: Bench) -> list[Unit]:
        """What is wanted, in the order of the table; what it needs follows from it.

        Raises:
            UsageError: an impossible setting.
        """

    def claims(self, config: ConfigT) -> list[Claim]:
        """What the paper says of it."""
        return []


class CrossDomain(Experiment[CrossDomainConfig]):
    """Table 2: every method, trained on every store, tested on every store."""

    kind = CrossDomainConfig
    title = "Cross-domain (table 2)"

    def units(self, config: CrossDomainConfig, bench: Bench) -> list[Unit]:
        """See `Experiment.units`."""
        wanted: list[Unit] = []
        for domain in bench.domains:
            for method, seeds in config.methods.items():
                for seed in seeds:
                    # Random weights are the same whatever the training set: tested once.
                    untrained = method not in END_TO_END and seed == seeds[0] and domain == bench.domains[0]
                    network = bench.network(domain, method, seed)
                    wanted += [bench.test(network, test, untrained=untrained) for test in bench.domains]
        return wanted + [bench.colour(domain) for domain in bench.domains]

    def claims(self, config: CrossDomainConfig) -> list[Claim]:
        """See `Experiment.claims`."""
        return [
            Claim("At home GaitGL-E2E is better than GaitGL", "GaitGL-E2E", "GaitGL", "home"),
            Claim("At home GaitEdge is better than GaitGL", "GaitEdge", "GaitGL", "home"),
            Claim("At home GaitGL-E2E is better than GaitEdge", "GaitGL-E2E", "GaitEdge", "home"),
            Claim("Abroad GaitGL is better than GaitGL-E2E", "GaitGL", "GaitGL-E2E", "abroad"),
            Claim("Abroad GaitEdge is better than GaitGL-E2E", "GaitEdge", "GaitGL-E2E", "abroad"),
            Claim("Abroad GaitEdge is better than GaitGL", "GaitEdge", "GaitGL", "abroad"),
        ]


class StructuringElement(Experiment[StructuringElementConfig]):
    """Table 4: GaitEdge with edges of different width, and GaitGL-E2E, which is all edge."""

    kind = StructuringElementConfig
    title = "Size of the structuring element (table 4)"

    def units(self, config: StructuringElementConfig, bench: Bench) -> list[Unit]:
        """See `Experiment.units`."""
        wanted: list[Unit] = []
        usual = config.joint.get("network", {}).get("kernel_size", GaitEdgeConfig.kernel_size)
        for domain in bench.domains:
            for side in config.elements:
                # The usual one is the network of table 2, and shared with it.
                changes = {} if side == usual else {"network": {"kernel_size": side}}
                for seed in config.seeds:
                    network = bench.network(domain, "gaitedge", seed, _element(side), **changes)
                    wanted += [bench.test(network, test) for test in bench.domains]
            for seed in config.seeds:
                network = bench.network(domain, "gaitgl-e2e", seed)
                wanted += [bench.test(network, test) for test in bench.domains]
        return wanted

    def claims(self, config: StructuringElementConfig) -> list[Claim]:
        """See `Experiment.claims`."""
        least, most = (f"GaitEdge, {_element(side)}" for side in (min(config.elements), max(config.elements)))
        if least == most:
            return []
        return [
            Claim("At home the widest edge is better than the narrowest", most, least, "home"),
            Claim("Abroad the narrowest edge is better than the widest", least, most, "abroad"),
        ]


class Alignment(Experiment[AlignmentConfig]):
    """Figure 6: crops moved at random in training and in testing, with and without GaitAlign."""

    kind = AlignmentConfig
    title = "GaitAlign and moved crops (figure 6)"

    def units(self, config: AlignmentConfig, bench: Bench) -> list[Unit]:
        """See `Experiment.units`."""
        home, wanted = bench.domains[0], list[Unit]()
        for method in config.methods:
            for mode in config.modes:
                for seed in config.seeds:
                    network = bench.network(
                        home, method, seed, _mode(mode), network={"align": mode}, offset=config.offset
                    )
                    wanted += [bench.test(network, home), bench.test(network, home, offset=config.offset)]
        return wanted

    def claims(self, config: AlignmentConfig) -> list[Claim]:
        """See `Experiment.claims`."""
        names = {"gaitedge": "GaitEdge", "gaitgl-e2e": "GaitGL-E2E"}
        return [
            Claim(
                f"{names[method]}: on moved crops alignment ({mode}) is better than none",
                f"{names[method]}, {_mode(mode)}",
                f"{names[method]}, {_mode('none')}",
                "moved",
            )
            for method in config.methods
            for mode in config.modes
            if mode != "none" and "none" in config.modes
        ]


class Pictures(Experiment[PicturesConfig]):
    """Figure 7: what GaitGL-E2E and GaitEdge make of the same frames, at home and abroad."""

    kind = PicturesConfig
    title = "Intermediate pictures (figure 7)"

    def units(self, config: PicturesConfig, bench: Bench) -> list[Unit]:
        """See `Experiment.units`."""
        return picture_units(config, bench)


EXPERIMENTS: Mapping[str, Experiment[Any]] = {
    "cross-domain": CrossDomain(),
    "structuring-element": StructuringElement(),
    "alignment": Alignment(),
    "pictures": Pictures(),
}


def _element(side: int) -> str:
    return f"{side}x{side}"


def _mode(mode: str) -> str:
    return "not aligned" if mode == "none" else f"aligned ({mode})"
