from __future__ import annotations

from gaitprep.store.reader import StoreReader
from gaitprep.store.summary import summarise


def test_figures_of_a_store(store: StoreReader) -> None:
    figures = summarise(store)
    assert figures["sequences"] == 8
    assert figures["frames"] == figures["valid_frames"] == 104
    assert figures["conditions"] == ["nm-01", "nm-02"]
    assert (figures["train_subjects"], figures["test_subjects"]) == (1, 1)
    assert figures["bytes"]["rgb"] > 104 * 128 * 128 * 3
    assert figures["bytes"]["silhouette"] < 104 * 64 * 44
