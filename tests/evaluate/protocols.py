"""Protocols for tests."""

from __future__ import annotations

from typing import Any

from gaitprep.manifest.protocol import Protocol


def make_protocol(**changes: Any) -> Protocol:
    """Subjects 1 and 2 train; nm-01 is enrolled; NM and BG are sought."""
    values: dict[str, Any] = {
        "name": "toy",
        "pattern": r"(?P<subject>\d+)-(?P<condition>\w+-\d+)-(?P<view>\d+)",
        "train": ["1-2"],
        "gallery": ["nm-01"],
        "probes": {"NM": ["nm-02"], "BG": ["bg-01"]},
    }
    return Protocol(**(values | changes))
