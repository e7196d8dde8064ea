from __future__ import annotations

import torch

from gaitprep.train.augment import vary_colours


def grey(level: int) -> torch.Tensor:
    return torch.full((200, 3, 2, 2), level, dtype=torch.uint8)


def test_no_strength_changes_nothing_and_draws_nothing() -> None:
    torch.manual_seed(1)
    assert vary_colours(grey(9), 0).eq(9).all()
    drawn = torch.rand(1)
    torch.manual_seed(1)
    assert torch.equal(drawn, torch.rand(1))


def test_each_image_and_channel_gets_its_own_light_within_bounds() -> None:
    varied = vary_colours(grey(100), 0.2)
    assert varied.dtype == torch.uint8
    assert (varied == varied[..., :1, :1]).all()
    levels = varied[..., 0, 0].float()
    # 100 · (1 ± 0.2) ± 255 · 0.1
    assert levels.min() >= 54
    assert levels.max() <= 146
    assert levels.std(0).min() > 10
    assert (levels[:, 0] != levels[:, 1]).float().mean() > 0.9
    assert abs(float(levels.mean()) - 100) < 5


def test_what_runs_over_is_clipped() -> None:
    assert int(vary_colours(grey(250), 0.5).max()) == 255
    assert int(vary_colours(grey(2), 0.5).min()) == 0
