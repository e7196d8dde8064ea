"""The end-to-end networks: GaitGL-E2E (paper section 3) and GaitEdge (section 4), with any recogniser behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal, get_args

import torch
from torch import Tensor, nn

from gaitprep.errors import UsageError
from gaitprep.models.gaitalign import AlignMode, align
from gaitprep.models.gaitgl import GaitGLConfig
from gaitprep.models.gaitpart import GaitPartConfig
from gaitprep.models.gaitset import GaitSetConfig
from gaitprep.models.masks import binary_mask
from gaitprep.models.output import Output
from gaitprep.models.sizes import check_choice
from gaitprep.models.synthesis import check_element, synthesise
from gaitprep.models.unet import UNet, UNetConfig

MaskSource = Literal["predicted", "reference", "given"]
RecogniserConfig = GaitGLConfig | GaitSetConfig | GaitPartConfig


@dataclass(frozen=True)
class EndToEndConfig:
    """GaitGL-E2E: the recogniser sees the aligned float mask.

    Attributes:
        recogniser: sizes of the silhouette network.
        unet: sizes of the segmentation network.
        align: mode of GaitAlign.
    """

    architecture: ClassVar[str] = "gaitgl-e2e"
    recogniser: RecogniserConfig = field(default_factory=GaitGLConfig)
    unet: UNetConfig = field(default_factory=UNetConfig)
    align: AlignMode = "exact"

    def __post_init__(self) -> None:
        check_choice("mode of GaitAlign", self.align, get_args(AlignMode))


@dataclass(frozen=True)
class GaitEdgeConfig(EndToEndConfig):
    """GaitEdge: the recogniser sees the aligned synthetic silhouette, trainable at its edge only.

    Attributes:
        kernel_size: side of the structuring element in pixels, odd; 3 in the paper, up to 9 in its ablation.
        mask_source: `predicted`: M is the binarised output of the segmentation network, so RGB alone is enough at
            test time. `reference`: M is the reference mask, in training and in testing, as in the released code.
            `given`: the reference mask where the call has one, else the prediction; for imported networks.
    """

    architecture: ClassVar[str] = "gaitedge"
    kernel_size: int = 3
    mask_source: MaskSource = "predicted"

    def __post_init__(self) -> None:
        super().__post_init__()
        check_choice("mask source", self.mask_source, get_args(MaskSource))
        check_element(self.kernel_size)


class EndToEnd(nn.Module):
    """U-Net, (Gait Synthesis,) GaitAlign and a recogniser in one differentiable network.

    Attributes:
        segmenter: the U-Net; `segmenter.freeze_first_half()` prepares joint training.
        recogniser: any network from silhouettes `[n, s, 64, 44]` to `Output`.
    """

    def __init__(self, config: EndToEndConfig, segmenter: UNet, recogniser: nn.Module) -> None:
        super().__init__()
        self.config = config
        self.segmenter = segmenter
        self.recogniser = recogniser

    def forward(self, rgb: Tensor, ratio: Tensor, mask: Tensor | None = None) -> Output:
        """Recognise people from crops.

        Args:
            rgb: `[n, s, 3, 128, 128]` uint8, or float normalised with ImageNet's mean and standard deviation.
            ratio: width / height of each crop in source pixels, `[n, s]`, positive.
            mask: reference masks `[n, s, 128, 128]`, see `binary_mask`; not read with `mask_source="predicted"`.

        Raises:
            UsageError: the reference mask is needed and missing.
        """
        if rgb.ndim != 5 or tuple(ratio.shape) != tuple(rgb.shape[:2]) or 0 in rgb.shape:
            raise ValueError(
                f"rgb must be [n, s, 3, h, w] and ratio [n, s]; got {list(rgb.shape)} and {list(ratio.shape)}"
            )
        logits = self.segmenter(rgb.flatten(0, 1)).squeeze(1)
        silhouettes = logits.sigmoid()
        person = logits.detach() > 0
        if isinstance(self.config, GaitEdgeConfig):
            source = self.config.mask_source
            if source == "reference" or (source == "given" and mask is not None):
                person = _reference(mask, rgb)
            silhouettes = synthesise(silhouettes, person, self.config.kernel_size)
        aligned = align(silhouettes, person, ratio.flatten(), self.config.align)
        aligned = torch.unflatten(aligned, 0, rgb.shape[:2])
        result: Output = self.recogniser(aligned)
        return Output(result.embedding, result.logits, aligned, torch.unflatten(logits, 0, rgb.shape[:2]))


def _reference(mask: Tensor | None, rgb: Tensor) -> Tensor:
    if mask is None:
        raise UsageError(
            "this network takes its interiors from reference masks, and none were given",
            cause="mask_source is 'reference'",
            next_step="pass the masks, or make the network with mask_source 'predicted'",
        )
    expected = (*rgb.shape[:2], *rgb.shape[3:])
    if tuple(mask.shape) != expected:
        raise ValueError(f"mask must be {list(expected)}, got {list(mask.shape)}")
    return binary_mask(mask).flatten(0, 1)
