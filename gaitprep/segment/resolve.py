"""From settings as written to settings that say exactly what is done."""

from __future__ import annotations

from pathlib import Path

from gaitprep.errors import UsageError, WeightsError
from gaitprep.run.digest import digest_file
from gaitprep.segment.bundled import PREFIX, named_weights
from gaitprep.segment.config import SegmentConfig

_DEFAULT = PREFIX + "fine"


def resolve(config: SegmentConfig) -> tuple[SegmentConfig, Path | None]:
    """Fills in the network's digest, the device and the precision; gives the weights' place, None without a network.

    Raises:
        UsageError: a network is lacking or superfluous, or there is no such device.
        WeightsError: the weights cannot be found, or do not have the digest that the settings ask for.
    """
    if config.method == "background":
        if config.model is not None:
            raise UsageError(
                f"the method 'background' uses no network, but model is {config.model}",
                next_step="use --method ultralytics or --method unet",
            )
        return config.model_copy(update={"device": "cpu", "precision": "fp32"}), None
    if config.model is None and config.method == "ultralytics":
        raise UsageError("the method 'ultralytics' needs a network", next_step="add e.g. --model yolov8n-seg.pt")
    from gaitprep.models.device import multiplies_bf16, resolve_device
    from gaitprep.models.weights import require_digest

    path, name, digest = _find(config.method, config.model or _DEFAULT)
    require_digest(path, digest, config.model_digest)
    device = resolve_device(config.device)
    precision = config.precision
    if config.method == "ultralytics":
        precision = "fp32"
    elif precision == "auto":
        precision = "bf16" if multiplies_bf16(device) else "fp32"
    found = {"model": name, "model_digest": digest, "device": device, "precision": precision}
    return config.model_copy(update=found), path


def _find(method: str, model: str) -> tuple[Path, str, str]:
    """Path, name and digest: settings name a network by what it is, not by where it lies."""
    from gaitprep.models.weights import DETECTOR, resolve_weights

    if method == "ultralytics":
        weights = resolve_weights(model)
        return weights.path, weights.name, weights.digest
    if bundled := named_weights(model):
        if model == _DEFAULT:
            resolve_weights(DETECTOR)  # whose features it needs: fetched before the workers ask for them
        return bundled, model, digest_file(bundled)
    path = Path(model)
    if not path.is_file():
        raise WeightsError(
            f"there is no checkpoint {path}", next_step="train one: gaitprep train segmentation --store … --out RUN"
        )
    return path.resolve(), path.name, digest_file(path)
