"""Partition files of the field, `{"TRAIN_SET": [...], "TEST_SET": [...]}`, and protocols."""

from __future__ import annotations

import json
from collections.abc import Sequence, Set
from pathlib import Path
from typing import Any

from gaitprep.errors import ManifestError
from gaitprep.manifest.protocol import Protocol, load_protocol, natural
from gaitprep.manifest.select import Selection, Subjects

_SHOWN = 6
_KEYS = ("TRAIN_SET", "TEST_SET", "PROBE_SET")


def read_partition(path: Path) -> dict[str, list[str]]:
    """The lists of a partition file.

    Raises:
        ManifestError: it is not readable, lacks a list of subjects, or puts a subject into both.
    """
    try:
        content = json.loads(path.read_text())
    except OSError as error:
        raise ManifestError(f"the partition {path} cannot be read", cause=str(error.strerror)) from error
    except ValueError as error:
        raise ManifestError(f"the partition {path} is not JSON", cause=str(error)) from error
    lists = {key: _names(path, key, content) for key in _KEYS if isinstance(content, dict) and key in content}
    if missing := [key for key in _KEYS[:2] if key not in lists]:
        raise ManifestError(
            f"the partition {path} has no {' and no '.join(missing)}",
            next_step='it looks like {"TRAIN_SET": ["001", …], "TEST_SET": ["075", …]}',
        )
    if both := set(lists["TRAIN_SET"]) & set(lists["TEST_SET"]):
        raise ManifestError(f"the partition {path} lets {sorted(both, key=natural)[0]} both train and be tested")
    return lists


def with_partition(protocol: Protocol, lists: dict[str, list[str]], labels: Sequence[tuple[str, str, str]]) -> Protocol:
    """A protocol whose subjects, and probes where they are listed, are those of a partition.

    Args:
        protocol: the other rules.
        lists: as `read_partition` gives them.
        labels: of the sequences that are there; listed probes name them as `subject-condition-view`.
    """
    changes: dict[str, Any] = {"train": lists["TRAIN_SET"], "test": lists["TEST_SET"]}
    if "PROBE_SET" in lists:
        wanted = set(lists["PROBE_SET"])
        listed = ["/".join(names) for names in labels if wanted & {"-".join(names), "/".join(names)}]
        if not listed:
            raise ManifestError(
                f"none of the {len(wanted)} sequences of PROBE_SET is here",
                cause=f"it has {min(wanted, default='none')}, here is {'-'.join(labels[0]) if labels else 'none'}",
            )
        changes["probes"] = {next(iter(protocol.probes)): listed}
    return protocol.model_copy(update=changes)


def default_protocol(name: str, labels: Sequence[tuple[str, str, str]]) -> Protocol:
    """Rules for a set that nobody has given any: CASIA-B's where its conditions are, else the first against the rest.

    Where there is one condition only, it is both gallery and probe. With one view only, no view is excluded.
    """
    conditions = sorted({condition for _, condition, _ in labels}, key=natural)
    several_views = len({view for _, _, view in labels}) > 1
    known = load_protocol("casia-b-folders")
    if set(known.gallery) & set(conditions) and all(known.labels(f"001/{name}/000") for name in conditions):
        changes = {"name": name, "exclude_identical_view": several_views, "expected": {}, "missing": []}
        return known.model_copy(update={**changes, "title": "Rules of CASIA-B, by the names of the conditions"})
    return Protocol(
        name=name,
        title="Rules by default: the first condition is enrolled, all others are sought",
        pattern="(?P<subject>[^/]+)/(?P<condition>[^/]+)/(?P<view>[^/]+)",
        train=[],
        gallery=conditions[:1],
        probes={"ALL": conditions[1:] or conditions},
        exclude_identical_view=several_views,
    )


def idle(protocol: Protocol, labels: Sequence[tuple[str, str, str]]) -> list[str]:
    """What of a set its protocol leaves without a part, and what it names that is not there, as sentences.

    Args:
        protocol: the rules.
        labels: of the sequences that are there.
    """
    subjects = {subject for subject, _, _ in labels}
    split = protocol.split(sorted(subjects))
    tested = set(split.test)
    rules = [Selection.of(protocol.enrolled(group) + wanted) for group, wanted in protocol.probes.items()]
    unruled = {
        names[1]
        for names in labels
        if names[0] in tested and not any(rule.names(*names) or rule.matches(*names) for rule in rules)
    }
    listed = Subjects.of([*(protocol.train if isinstance(protocol.train, list) else []), *(protocol.test or [])])
    absent = set() if listed.ranges or listed.wild else listed.named - subjects
    told = {
        "subjects that neither train nor are tested": subjects - set(split.train) - tested,
        "conditions that are neither enrolled nor sought": unruled,
        "listed subjects that are not here": absent,
    }
    return [f"{what}: {_some(names)}" for what, names in told.items() if names]


def _some(names: Set[str]) -> str:
    ordered = sorted(names, key=natural)
    return ", ".join(ordered[:_SHOWN]) + (f", … ({len(ordered)})" if len(ordered) > _SHOWN else "")


def partition_json(protocol: Protocol, labels: Sequence[tuple[str, str, str]]) -> str:
    """The partition file of a set: who trains, who is tested, and which sequences are sought where they are listed.

    Args:
        protocol: its rules.
        labels: of its sequences.
    """
    split = protocol.split([subject for subject, _, _ in labels])
    lists = {"TRAIN_SET": split.train, "TEST_SET": split.test}
    listed = {entry for group in protocol.probes.values() for entry in group if "/" in entry}
    if probes := ["-".join(names) for names in labels if "/".join(names) in listed]:
        lists["PROBE_SET"] = probes
    return json.dumps(lists, indent=2, ensure_ascii=False) + "\n"


def _names(path: Path, key: str, content: dict[str, Any]) -> list[str]:
    names = content[key]
    if not isinstance(names, list) or not all(isinstance(name, str | int) for name in names):
        raise ManifestError(f"{key} of the partition {path} is no list of names")
    return [str(name) for name in names]
