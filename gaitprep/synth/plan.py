"""Which videos a config asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from gaitprep.errors import UsageError
from gaitprep.run.digest import digest_json
from gaitprep.synth.config import SynthConfig, presets
from gaitprep.synth.worlds import WORLDS


@dataclass(frozen=True)
class Take:
    """One video to film: all that its content depends on, besides the version of the stage."""

    world: str
    seed: int
    subject: str
    condition: str
    view: str
    frames: int

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
        UsageError: a condition or view that the world does not have.
    """
    world = WORLDS[config.world]
    preset = presets()[config.preset][config.world]
    conditions = _choice("condition", config.conditions or preset["conditions"], list(world.conditions), config.world)
    views = _choice("view", config.views or preset["views"], list(world.cameras), config.world)
    count = config.subjects or preset["subjects"]
    digits = max(3, len(str(count)))
    return [
        Take(config.world, config.seed, f"{number:0{digits}d}", condition, view, config.frames or preset["frames"])
        for number in range(1, count + 1)
        for condition in conditions
        for view in views
    ]


def _choice(what: str, wanted: Sequence[str] | str, known: list[str], world: str) -> list[str]:
    if wanted == "all":
        return known
    for name in wanted:
        if name not in known:
            raise UsageError(f"the {world} world has no {what} {name!r}", next_step=f"{what}s: {', '.join(known)}")
    return list(dict.fromkeys(wanted))
