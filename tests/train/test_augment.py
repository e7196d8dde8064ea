from __future__ import annotations

import torch

from gaitprep.train.augment import vary_colours


def grey(level: int) -> torch.Tensor:
    return torch.full((200, 3, 2, 2), level, dtype=torch.uint8)


def test_each_image_and_channel_gets_its_own_light_within_bounds() -> None:
    torch.manual_seed(1)
    varied = vary_colours(grey(100), torch.rand(2, 200, 3, 1, 1), 0.2)
    assert varied.dtype == torch.uint8
    assert (varied == varied[..., :1, :1]).all()
    levels = varied[..., 0, 0].float()
    # 100 · (1 ± 0.2) ± 255 · 0.1
    assert levels.min() >= 54
    assert levels.max() <= 146
    assert levels.std(0).min() > 10
    assert (levels[:, 0] != levels[:, 1]).float().mean() > 0.9
    assert abs(float(levels.mean()) - 100) < 5


def test_the_middle_of_the_range_changes_nothing() -> None:
    assert vary_colours(grey(9), torch.full((2, 200, 3, 1, 1), 0.5), 0.3).eq(9).all()


def test_what_runs_over_is_clipped() -> None:
    brightest, darkest = torch.ones(2, 200, 3, 1, 1), torch.zeros(2, 200, 3, 1, 1)
    assert vary_colours(grey(250), brightest, 0.5).eq(255).all()
    assert vary_colours(grey(2), darkest, 0.5).eq(0).all()
