"""The paper's claims, held against the numbers of an experiment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot
from statistics import fmean, stdev
from typing import Literal

from gaitprep.experiment.rows import Row

_LEAST = 2.0
"""Percent that two single networks must differ by; training with another seed moves them as much."""


@dataclass(frozen=True)
class Claim:
    """One network is better than another.

    Attributes:
        words: what is claimed.
        better, worse: labels of the networks (`Row.label`).
        where: tested at home, on the other domains, or at home with moved crops.
    """

    words: str
    better: str
    worse: str
    where: Literal["home", "abroad", "moved"]


@dataclass(frozen=True)
class Finding:
    """A claim in one training domain.

    Attributes:
        claim, domain: which.
        better, worse: mean rank-1 of the network that should be better, and of the other, percent.
        verdict: `yes`, `no` or `unclear`.
    """

    claim: str
    domain: str
    better: float
    worse: float
    verdict: Literal["yes", "no", "unclear"]


def judge(claims: Sequence[Claim], rows: Sequence[Row]) -> list[Finding]:
    """What can be said of the claims by the rows that are there; a claim without its numbers is left out."""
    findings = []
    for claim in claims:
        for domain in dict.fromkeys(row.trained_on for row in rows):
            tested = [row for row in rows if row.trained_on == domain and _belongs(row, claim.where)]
            better, worse = (_by_seed(tested, label) for label in (claim.better, claim.worse))
            if better and worse:
                findings.append(Finding(claim.words, domain, fmean(better), fmean(worse), _verdict(better, worse)))
    return findings


def _belongs(row: Row, where: str) -> bool:
    return (
        (row.home and bool(row.offset) == (where == "moved")) if where != "abroad" else not row.home and not row.offset
    )


def _by_seed(rows: Sequence[Row], label: str) -> list[float]:
    """The mean over the tests of each seed."""
    seeds: dict[int | None, list[float]] = {}
    for row in rows:
        if row.label == label and row.mean is not None:
            seeds.setdefault(row.seed, []).append(row.mean)
    return [fmean(values) for values in seeds.values()]


def _verdict(better: Sequence[float], worse: Sequence[float]) -> Literal["yes", "no", "unclear"]:
    several = len(better) > 1 and len(worse) > 1
    doubt = hypot(stdev(better), stdev(worse)) if several else _LEAST
    difference = fmean(better) - fmean(worse)
    if abs(difference) <= doubt:
        return "unclear"
    return "yes" if difference > 0 else "no"
