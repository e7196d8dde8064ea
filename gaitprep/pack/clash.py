"""Whether the labels of several stores can stand in one, and how they are told apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from gaitprep.errors import StoreError
from gaitprep.store.reader import StoreReader
from gaitprep.store.table import LABELS

Subjects = Literal["refuse", "same", "apart"]
"""What equal names of subjects in two stores mean: unknown, the same person, or different people."""


def labels_of(stores: Sequence[StoreReader], subjects: Subjects) -> list[dict[str, list[str]]]:
    """The labels of every store as they are to stand in one store, by column.

    With `apart`, subjects and videos get the name of their domain before them: `indoor/001`.

    Raises:
        StoreError: a subject is in two stores and nobody says whether it is the same person, two domains have one
            name, or a sequence is in two stores.
    """
    columns = [{name: getattr(store.sequences, name).tolist() for name in LABELS} for store in stores]
    if subjects == "apart":
        names = [store.name for store in stores]
        if len(set(names)) < len(names):
            raise StoreError(
                f"two stores are named {max(names, key=names.count)}, so their names cannot tell subjects apart",
                next_step="pack one of them with another --name",
            )
        for store, column in zip(stores, columns, strict=True):
            for label in ("subject", "video"):
                column[label] = [f"{store.name}/{value}" for value in column[label]]
    elif subjects == "refuse":
        owner: dict[str, StoreReader] = {}
        for store in stores:
            for subject in np.unique(store.sequences.subject).tolist():
                other = owner.setdefault(subject, store)
                if other is not store:
                    raise StoreError(
                        f"subject {subject} is in both {other.path} and {store.path}",
                        cause="nobody says whether that is the same person",
                        next_step="add --subjects same or --subjects apart",
                    )
    seen: dict[tuple[str, ...], StoreReader] = {}
    for store, column in zip(stores, columns, strict=True):
        for key in zip(*column.values(), strict=True):
            if (other := seen.setdefault(key, store)) is not store:
                raise StoreError(
                    f"sequence {' '.join(key)} is in both {other.path} and {store.path}",
                    next_step="leave it out of one of them: gaitprep subset",
                )
    return columns
