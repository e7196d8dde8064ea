"""How light falls on a site during one walk."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from gaitprep.synth.seeds import choose, stream
from gaitprep.synth.shade import Light
from gaitprep.synth.sites import site

_LAMPS = Light((0.2, -0.3, 1.0), (0.42, 0.42, 0.4), (0.5, 0.5, 0.49), (0.22, 0.21, 0.2), shadow=0.2, softness=3)
_SUN, _CLEAR, _CLOUDY = np.array([0.92, 0.86, 0.76]), np.array([0.28, 0.33, 0.4]), np.array([0.6, 0.62, 0.65])
_BRICK_AND_GRASS = np.array([0.16, 0.15, 0.13])
_HARDNESS = ((0.82, 1.0), (0.4, 0.65), (0.0, 0.1))  # clear, hazy, overcast
_SHARES = (0.5, 0.3, 0.2)
_DIM = 0.07  # light that is left after dusk, of 1


def light_on(name: str, seed: int, subject: str, condition: str) -> Light:
    """The light of one walk; the same for all cameras of the site.

    Outdoors the sun stands 38 to 62 degrees high, in any direction that no building hides; its hardness goes from
    overcast to clear. Indoors lamps hang from the ceiling.
    """
    random = stream(seed, "light", name, subject, condition)
    if name == "lab":
        level = float(random.uniform(0.93, 1.05))
        return replace(_LAMPS, sun=_scaled(_LAMPS.sun, level), sky=_scaled(_LAMPS.sky, level))
    place = site(name)
    side = float(random.uniform(-180, 180) if place.open else random.uniform(-100, 100))
    azimuth, height = np.radians(place.corner.azimuth + side), np.radians(random.uniform(38, 62))
    hardness = float(random.uniform(*_HARDNESS[choose(random, len(_HARDNESS), _SHARES)]))
    sun, sky = hardness * _SUN, hardness * _CLEAR + (1 - hardness) * _CLOUDY
    direct = float(sun.mean() * np.sin(height))
    return Light(
        direction=_scaled((np.sin(azimuth) * np.cos(height), -np.cos(azimuth) * np.cos(height), np.sin(height)), 1.0),
        sun=_scaled(sun, 1.0),
        sky=_scaled(sky, 1.0),
        ground=_scaled(_BRICK_AND_GRASS, 0.6 + 0.4 * hardness),
        shadow=round(1 - float((sky.mean() / (sky.mean() + direct)) ** (1 / 2.2)), 4),
        softness=round(1 + 5 * (1 - hardness)),
    )


def dimmed(light: Light) -> Light:
    """The same place after dusk: little light, warm from lamps and bluish from the sky."""
    return replace(
        light,
        sun=_scaled(np.array(light.sun) * [1.0, 0.88, 0.7], _DIM),
        sky=_scaled(np.array(light.sky) * [0.85, 0.95, 1.1], _DIM),
        ground=_scaled(light.ground, _DIM),
    )


def facts(light: Light) -> dict[str, Any]:
    """What the truth says of a light."""
    x, y, z = light.array()[0]
    return {
        "azimuth": round(float(np.degrees(np.arctan2(x, -y))) % 360, 2),
        "height": round(float(np.degrees(np.arcsin(z))), 2),
        "sun": list(light.sun),
        "sky": list(light.sky),
        "ground": list(light.ground),
        "shadow": light.shadow,
        "softness": light.softness,
    }


def _scaled(values: Any, by: float) -> tuple[float, float, float]:
    x, y, z = (round(float(value) * by, 4) for value in values)
    return x, y, z
