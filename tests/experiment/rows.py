"""Hand-made rows."""

from __future__ import annotations

from gaitprep.experiment.rows import Row


def row(
    trained_on: str,
    method: str,
    seed: int | None,
    test_set: str,
    nm: float,
    cl: float,
    variant: str = "",
    offset: int = 0,
) -> Row:
    """A row of two groups of probes."""
    return Row(
        trained_on=trained_on,
        method=method,
        variant=variant,
        seed=seed,
        test_set=test_set,
        offset=offset,
        rank1={"NM": nm, "CL": cl},
        mean=(nm + cl) / 2,
        ranks={1: (nm + cl) / 2},
        chance={"NM": 5.0, "CL": 6.0},
        chance_mean=5.5,
        probes={"NM": 10, "CL": 10},
    )
