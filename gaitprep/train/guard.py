"""Stops a run whose numbers have left the finite, and says where they did."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import torch
from torch import nn

from gaitprep.errors import TrainingError
from gaitprep.train.batches import Batch


def check_losses(phase: str, rate: float, model: nn.Module, batch: Batch, values: Mapping[str, float]) -> None:
    """Looks at the losses before anything is changed by them.

    Raises:
        TrainingError: one is NaN or infinite; names the step and the first place where it went wrong.
    """
    bad = [name for name, value in values.items() if not math.isfinite(value)]
    if bad:
        terms = [name for name in bad if name != "loss"] or bad
        are = "are" if len(terms) > 1 else "is"
        fact = f"the {' and the '.join(terms)} {are} not finite"
        raise _stop(phase, rate, batch.step, fact, _origin(model, batch))


def check_gradients(phase: str, rate: float, model: nn.Module, step: int) -> float:
    """The norm of all gradients, before the step is made.

    Raises:
        TrainingError: it is not finite; names the step and the first parameter at fault.
    """
    gradients = [parameter.grad for parameter in model.parameters() if parameter.grad is not None]
    norm = float(torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(grad) for grad in gradients])))
    if not math.isfinite(norm):
        named = model.named_parameters()
        worst = next((name for name, p in named if p.grad is not None and not bool(p.grad.isfinite().all())), "")
        cause = f"first seen in {worst}" if worst else "their squares run over"
        raise _stop(phase, rate, step, "a gradient is not finite", cause)
    return norm


def _origin(model: nn.Module, batch: Batch) -> str:
    for name, array in batch.arrays.items():
        if np.issubdtype(array.dtype, np.floating) and not np.isfinite(array).all():
            return f"the array {name!r} of the store holds values that are not finite"
    for name, parameter in model.named_parameters():
        if not bool(parameter.isfinite().all()):
            return f"the parameter {name} is not finite"
    for name, buffer in model.named_buffers():
        if not bool(buffer.isfinite().all()):
            return f"inputs and parameters are finite: numbers ran over, first seen in the running statistics {name}"
    return "inputs and parameters are finite: the network's numbers ran over"


def _stop(phase: str, rate: float, step: int, fact: str, cause: str) -> TrainingError:
    return TrainingError(
        f"{phase} stopped at step {step}: {fact}",
        cause=cause,
        next_step=f"train anew with a lower rate (--set {phase}.rate={rate / 10:g}) or with "
        f"--set {phase}.precision=fp32, and --fresh",
    )
