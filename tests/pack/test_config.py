from __future__ import annotations

import pytest
from pydantic import ValidationError

from gaitprep.pack.config import PackConfig
from gaitprep.store.schema import ARRAYS


def test_the_default_is_the_layout_of_the_schema() -> None:
    assert PackConfig().arrays() == ARRAYS


def test_one_setting_of_an_array_leaves_the_others() -> None:
    config = PackConfig.model_validate({"rgb": {"chunk_frames": 15}, "shard_frames": 480})
    specs = {spec.name: spec for spec in config.arrays()}
    assert (specs["rgb"].chunk_frames, specs["rgb"].codec, specs["rgb"].shard_frames) == (15, "raw", 480)
    assert (specs["mask"].chunk_frames, specs["mask"].codec) == (10, "zstd-by-bit")
    assert specs["pts"].chunk_frames == 480


@pytest.mark.parametrize(
    "values", [{"shard_frames": 100}, {"rgb": {"chunk_frames": 7}}, {"rgb": {"codec": "jpeg"}}, {"colour": 1}]
)
def test_impossible_layouts_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        PackConfig.model_validate(values)
