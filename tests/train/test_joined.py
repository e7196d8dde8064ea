from __future__ import annotations

from pathlib import Path

import torch
import torch.distributed as dist
from torch import nn
from torch.multiprocessing import spawn

from gaitprep.models.registry import build
from gaitprep.train.joined import JoinedBatchNorm, join_norms

SHARES = (3, 2)


def images() -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    return 3 + torch.randn(sum(SHARES), 4, 5, 6, generator=generator)


def norm() -> nn.BatchNorm2d:
    layer = nn.BatchNorm2d(4)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([1.0, -2.0, 0.5, 3.0]))
        layer.bias.copy_(torch.tensor([0.0, 1.0, -1.0, 2.0]))
    return layer


def loss(y: torch.Tensor) -> torch.Tensor:
    return (y * torch.linspace(-1, 1, y[0].numel()).view(y[0].shape)).sin().sum()


def _process(rank: int, folder: Path) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{folder / 'meet'}", rank=rank, world_size=len(SHARES))
    layer = JoinedBatchNorm(norm())
    own = torch.split(images(), SHARES)[rank].clone().requires_grad_()
    y = layer(own)
    loss(y).backward()
    found = {"y": y.detach(), "x": own.grad, "weight": layer.weight.grad, "bias": layer.bias.grad}
    torch.save(found | dict(layer.named_buffers()), folder / f"{rank}.pt")
    dist.destroy_process_group()


def test_it_is_the_normalisation_of_all_images_together(tmp_path: Path) -> None:
    spawn(_process, (tmp_path,), len(SHARES))
    found = [torch.load(tmp_path / f"{rank}.pt") for rank in range(len(SHARES))]
    layer, whole = norm(), images().requires_grad_()
    y = layer(whole)
    loss(y).backward()
    torch.testing.assert_close(torch.cat([one["y"] for one in found]), y.detach())
    torch.testing.assert_close(torch.cat([one["x"] for one in found]), whole.grad, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(sum(one["weight"] for one in found), layer.weight.grad, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(sum(one["bias"] for one in found), layer.bias.grad, rtol=1e-4, atol=1e-5)
    for name, buffer in layer.named_buffers():
        for one in found:
            torch.testing.assert_close(one[name], buffer)


def test_every_norm_of_a_network_is_replaced_and_nothing_else_changes() -> None:
    plain, joined = build("unet", channels=[4, 4, 8, 8]), build("unet", channels=[4, 4, 8, 8])
    joined.load_state_dict(plain.state_dict())
    before = {name: id(parameter) for name, parameter in joined.named_parameters()}
    join_norms(joined)
    kinds = {type(module) for module in joined.modules() if isinstance(module, nn.BatchNorm2d)}
    assert kinds == {JoinedBatchNorm}
    assert {name: id(parameter) for name, parameter in joined.named_parameters()} == before
    assert joined.state_dict().keys() == plain.state_dict().keys()
    picture = torch.rand(1, 3, 16, 16)
    with torch.no_grad():
        assert torch.equal(joined.eval()(picture), plain.eval()(picture))
