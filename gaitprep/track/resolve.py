"""From settings as written to settings that say exactly what is done."""

from __future__ import annotations

from gaitprep.models.weights import Weights, require_digest, resolve_weights
from gaitprep.track.config import TrackConfig


def resolve(config: TrackConfig) -> tuple[TrackConfig, Weights]:
    """Fills in the weights' digest, the device and the precision, which all affect the output.

    Raises:
        WeightsError: the weights cannot be found, or do not have the digest that the settings ask for.
        UsageError: there is no such device here.
    """
    from gaitprep.models.device import multiplies_bf16, resolve_device

    weights = resolve_weights(config.model)
    require_digest(weights.path, weights.digest, config.model_digest)
    device = resolve_device(config.device)
    precision = config.precision
    if precision == "auto":
        precision = "bf16" if multiplies_bf16(device) else "fp32"
    resolved = {"model": weights.name, "model_digest": weights.digest, "device": device, "precision": precision}
    return config.model_copy(update=resolved), weights
