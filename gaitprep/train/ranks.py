"""The processes that train one network together (`torchrun`), or one process alone.

Every process computes the features of its own share of a batch. The features of all are then gathered, so that batch
normalisation and the triplets see the whole batch, as they do in one process. The U-Net's batch normalisation sees the
images of all processes (`train/joined.py`), but where a batch is taken in chunks.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor, nn

from gaitprep.errors import UsageError


@dataclass(frozen=True)
class Ranks:
    """How many processes there are, and which of them this is.

    Attributes:
        rank: this one, from 0; the first writes logs and states.
        size: how many.
    """

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this process speaks and writes."""
        return self.rank == 0

    def share(self, items: int) -> slice:
        """The items of a batch that are this process's: shares in order, equal but for one item.

        Raises:
            UsageError: there are fewer items than processes.
        """
        if items < self.size:
            raise UsageError(
                f"a batch of {items} cannot be shared among {self.size} processes",
                next_step="start fewer, or give a larger batch",
            )
        return slice(items * self.rank // self.size, items * (self.rank + 1) // self.size)

    def gather(self, own: Tensor) -> Tensor:
        """The shares of all processes, one behind the other along the first axis. No gradient flows back."""
        if self.size == 1:
            return own.detach()
        own = own.detach().contiguous()
        counts = torch.zeros(self.size, dtype=torch.int64, device=own.device)
        counts[self.rank] = len(own)
        dist.all_reduce(counts)
        longest = int(counts.max())
        padded = torch.cat([own, own.new_zeros(longest - len(own), *own.shape[1:])])
        shares = [torch.empty_like(padded) for _ in range(self.size)]
        dist.all_gather(shares, padded)
        return torch.cat([share[:count] for share, count in zip(shares, counts.tolist(), strict=True)])

    def sum(self, values: dict[str, float]) -> dict[str, float]:
        """The sums of numbers over all processes."""
        if self.size == 1:
            return values
        totals = torch.tensor(list(values.values()), dtype=torch.float64, device=_device())
        dist.all_reduce(totals)
        return dict(zip(values, totals.tolist(), strict=True))

    def sum_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Adds up the gradients of all processes; afterwards all have the same."""
        if self.size == 1:
            return
        trained = [parameter for parameter in parameters if parameter.requires_grad]
        for parameter in trained:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
        flat = torch.cat([torch.ravel(parameter.grad) for parameter in trained if parameter.grad is not None])
        dist.all_reduce(flat)
        pieces = torch.split(flat, [parameter.numel() for parameter in trained])
        for parameter, piece in zip(trained, pieces, strict=True):
            assert parameter.grad is not None
            parameter.grad.copy_(piece.view(parameter.grad.shape))

    def average_statistics(self, model: nn.Module) -> None:
        """Gives all processes the mean of their running statistics: in chunks a U-Net saw but its own share."""
        if self.size == 1:
            return
        for buffer in model.buffers():
            if buffer.is_floating_point():
                dist.all_reduce(buffer)
                buffer /= self.size

    def wait(self) -> None:
        """Until all processes are here."""
        if self.size > 1:
            dist.barrier()


ALONE = Ranks()


@contextmanager
def ranks(device: str) -> Iterator[Ranks]:
    """Joins the processes that `torchrun` started; a process that was started otherwise is alone.

    Args:
        device: `cuda` takes NCCL and the process's own GPU, everything else gloo.
    """
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield ALONE
        return
    if device == "cuda":
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    dist.init_process_group("nccl" if device == "cuda" else "gloo")
    try:
        yield Ranks(dist.get_rank(), size)
    finally:
        dist.destroy_process_group()


def _device() -> str:
    return "cuda" if dist.get_backend() == "nccl" else "cpu"
