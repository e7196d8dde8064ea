"""The two worlds: where their cameras stand, how their videos are named."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from gaitprep.synth.camera import Camera
from gaitprep.synth.seeds import stream
from gaitprep.synth.things import BAGS, LUGGAGE, Kind
from gaitprep.synth.wardrobe import Wear

WorldName = Literal["indoor", "outdoor"]


@dataclass(frozen=True)
class Condition:
    """One walk of a subject.

    Attributes:
        outfit: the group whose outfit is worn; walks of the same group look alike. wear: what kind of outfit it is.
        carries: kinds of things of which the subject carries one.
    """

    outfit: str
    wear: Wear = "usual"
    carries: tuple[Kind, ...] = ()


@dataclass(frozen=True)
class World:
    """A recording situation.

    Attributes:
        cameras: view name → camera; sites: view name → the site it looks at (see `sites`).
        conditions: condition name → what is special about it.
        noise: standard deviation of the sensor noise, grey levels of 255.
        heading: how far (degrees) and wander: how far aside (metres) walkers stray from the middle line, deviations.
        crf: how hard its recorder compresses (x264's constant rate factor).
        protocol: name of the bundled protocol.
    """

    cameras: dict[str, Camera]
    sites: dict[str, str]
    conditions: dict[str, Condition]
    noise: float
    heading: float
    wander: float
    crf: int
    protocol: str
    fps: int = field(default=25)

    def neighbours(self, view: str) -> list[Camera]:
        """The cameras of the site that a view shows."""
        return [camera for name, camera in self.cameras.items() if self.sites[name] == self.sites[view]]


def _indoor() -> World:
    """A laboratory with eleven level cameras at the walker's left, 000 in front to 180 behind, as for CASIA-B."""
    cameras = {f"{view:03d}": Camera.around(view, 6.1, 1.05, 0.98, 495.0) for view in range(0, 181, 18)}
    walks = {f"nm-{number:02d}": Condition("nm") for number in range(1, 7)}
    sites = dict.fromkeys(cameras, "lab")
    walks |= {f"bg-{number:02d}": Condition("nm", carries=BAGS) for number in (1, 2)}
    walks |= {f"cl-{number:02d}": Condition("cl", "over") for number in (1, 2)}
    return World(cameras, sites, walks, noise=1.8, heading=1.5, wander=0.08, crf=18, protocol="synth-indoor")


def _outdoor() -> World:
    """A campus with twelve raised cameras all round, in the manner of TTG-200; types of walk are digits.

    Three cameras each look at one of four sites, where everybody walks in the same direction.
    """
    cameras, sites = {}, {}
    for number in range(12):
        random = stream(0, "outdoor camera", number)
        view = f"{number + 1:02d}"
        cameras[view] = Camera.around(
            azimuth=round(30.0 * number + float(random.uniform(5, 25)), 2),
            distance=round(float(random.uniform(7.4, 9.0)), 2),
            height=round(float(random.uniform(2.6, 3.9)), 2),
            target_height=0.8,
            focal=round(float(random.uniform(590, 670)), 1),
        )
        sites[view] = ("courtyard", "park", "street", "yard")[number // 3]
    walks = {
        "1": Condition("1"),
        "2": Condition("2"),
        "3": Condition("2", carries=LUGGAGE),
        "4": Condition("4", "over"),
        "5": Condition("2", carries=("phone",)),
        "6": Condition("6", "over", carries=BAGS),
    }
    return World(cameras, sites, walks, noise=2.6, heading=5.0, wander=0.2, crf=27, protocol="synth-outdoor")


WORLDS: dict[str, World] = {"indoor": _indoor(), "outdoor": _outdoor()}


def stray(world: str, seed: int, *sequence: str) -> tuple[float, float]:
    """Heading in degrees and sideways shift in metres of one walk; the same for all cameras that see it."""
    random = stream(seed, "stray", world, *sequence)
    heading, aside = random.standard_normal(2)
    own = WORLDS[world]
    return float(np.clip(heading, -2, 2)) * own.heading, float(np.clip(aside, -2, 2)) * own.wander
