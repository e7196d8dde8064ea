"""How much work and disk a plan will take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gaitprep.synth.plan import Take

# Measured on one core of 2024's; `benchmarks/bench_synth.py` measures another.
_SECONDS_A_VIDEO, _SECONDS_A_FRAME, _SECONDS_A_PERSON = 0.1, 0.0045, 0.003
_BYTES_A_FRAME, _BYTES_A_PERSON = {"indoor": 1200, "outdoor": 450}, 600


@dataclass(frozen=True)
class Forecast:
    """What is to be expected.

    Attributes:
        seconds: on one core; bytes: of videos and truth files.
    """

    videos: int
    frames: int
    seconds: float
    bytes: int

    def words(self, workers: int) -> str:
        """For people: how much, how long with so many workers, how big."""
        seconds = self.seconds / workers
        time = f"{seconds / 3600:.1f} h" if seconds >= 5400 else f"{max(seconds / 60, 1):.0f} min"
        cores = "1 core" if workers == 1 else f"{workers} cores"
        size = f"{self.bytes / 1e9:.1f} GB" if self.bytes >= 1e9 else f"{max(self.bytes / 1e6, 1):.0f} MB"
        return f"{self.videos} videos, {self.frames} frames: about {time} on {cores}, {size}"


def forecast(takes: Sequence[Take]) -> Forecast:
    """What these takes will cost, about."""
    people = sum(take.frames * (1 + take.passers + ("crossing" in take.stressors)) for take in takes)
    frames = sum(take.frames for take in takes)
    return Forecast(
        len(takes),
        frames,
        len(takes) * _SECONDS_A_VIDEO + frames * _SECONDS_A_FRAME + people * _SECONDS_A_PERSON,
        sum(take.frames * _BYTES_A_FRAME[take.world] for take in takes) + people * _BYTES_A_PERSON,
    )
