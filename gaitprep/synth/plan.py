"""Which videos a config asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from gaitprep.errors import UsageError
from gaitprep.run.digest import digest_json
from gaitprep.synth.config import SynthConfig, presets
from gaitprep.synth.seeds import stream
from gaitprep.synth.worlds import WORLDS


@dataclass(frozen=True)
class Take:
    """One video to film: all that its content depends on, besides the version of the stage.

    Attributes:
        passers: how many other people come by, at most; stressors: names in alphabetical order.
    """

    world: str
    seed: int
    subject: str
    condition: str
    view: str
    frames: int
    passers: int = 0
    stressors: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Path under the output folder without suffix, `001/001-nm-01-090`."""
        return f"{self.subject}/{self.subject}-{self.condition}-{self.view}"

    @property
    def digest(self) -> str:
        """Digest of the fields."""
        return digest_json(asdict(self))


def takes(config: SynthConfig) -> list[Take]:
    """The videos of a config, subject by subject.

    Raises:
        UsageError: a condition or view that the world does not have, or a preset that is not of this world.
    """
    world = WORLDS[config.world]
    sizes = presets()[config.preset]
    if config.world not in sizes:
        raise UsageError(
            f"preset {config.preset} is not of the {config.world} world", next_step=f"--world {' or '.join(sizes)}"
        )
    preset = sizes[config.world]
    conditions = _choice("condition", config.conditions or preset["conditions"], list(world.conditions), config.world)
    views = _choice("view", config.views or preset["views"], list(world.cameras), config.world)
    count = config.subjects or preset["subjects"]
    digits = max(3, len(str(count)))
    share = preset["passers"] if config.passers is None else config.passers
    return [
        Take(
            config.world,
            config.seed,
            subject,
            condition,
            view,
            config.frames or preset["frames"],
            _passers(config.seed, world.sites[view], subject, condition, share),
            tuple(sorted(set(config.stressors))),
        )
        for subject in (f"{number:0{digits}d}" for number in range(1, count + 1))
        for condition in conditions
        for view in views
    ]


def _passers(seed: int, site: str, subject: str, condition: str, share: float) -> int:
    """How many people come by during one walk at one site: none, one, or for every third that has any, two."""
    any_, second = stream(seed, "passers", site, subject, condition).random(2)
    return 0 if any_ >= share else 1 if second < 2 / 3 else 2


def _choice(what: str, wanted: Sequence[str] | str, known: list[str], world: str) -> list[str]:
    if wanted == "all":
        return known
    for name in wanted:
        if name not in known:
            raise UsageError(f"the {world} world has no {what} {name!r}", next_step=f"{what}s: {', '.join(known)}")
    return list(dict.fromkeys(wanted))
