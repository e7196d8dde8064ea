"""Random light, from overcast to low sun and from one lamp to many."""

from __future__ import annotations

import numpy as np

from gaitprep.synth.shade import Light


def draw_light(random: np.random.Generator) -> Light:
    """Light of any direction, hardness and, a little, colour; of middling strength."""
    azimuth, height = random.uniform(0, 2 * np.pi), np.radians(random.uniform(18, 85))
    direction = (
        float(np.cos(azimuth) * np.cos(height)),
        float(np.sin(azimuth) * np.cos(height)),
        float(np.sin(height)),
    )
    hard = float(random.beta(1.2, 1.4))
    strength = float(random.uniform(0.75, 1.35))
    warm = float(random.normal(0, 0.07))

    def colour(amount: float, warmth: float) -> tuple[float, float, float]:
        return amount * (1 + warmth), amount, amount * (1 - warmth)

    return Light(
        direction,
        sun=colour(strength * (0.15 + 0.95 * hard), warm),
        sky=colour(strength * (0.75 - 0.5 * hard), -0.5 * warm),
        ground=colour(strength * float(random.uniform(0.15, 0.45)), 0.0),
        shadow=float(random.uniform(0.12, 0.3) + 0.45 * hard),
        softness=int(random.integers(0, 5)) if hard > 0.5 else int(random.integers(2, 12)),
    )
