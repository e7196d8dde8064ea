"""How well 124 synthetic people can be told apart by their true gait parameters; prints JSON.

Run: `python benchmarks/identifiability.py`.
"""

from __future__ import annotations

import json
from dataclasses import asdict

from gaitprep.synth.identifiability import identifiability

if __name__ == "__main__":
    print(
        json.dumps(
            {
                f"{world}, noise x{noise:g}": asdict(identifiability(1, world, 124, noise))
                for world in ("indoor", "outdoor")
                for noise in (1.0, 2.0, 3.0, 4.0)
            },
            indent=2,
        )
    )
