"""Checkpoints of the released framework, OpenGait: read safely, renamed and checked; see docs/checkpoints.md."""

from gaitprep.models.opengait.load import import_checkpoint, load_checkpoint

__all__ = ["import_checkpoint", "load_checkpoint"]
