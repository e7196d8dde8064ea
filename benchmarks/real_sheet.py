"""Contact sheets of masks against references, worst first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gaitprep.report.draw import GREEN, GREY, PAPER, RED, Colour, Image, text

_HEIGHT = 256  # twice a crop's, so that outlines of one pixel can be told apart
_FOOT = 34
_GAP = 4
_COLUMNS = 10
_CELLS = 40


@dataclass(frozen=True)
class Finding:
    """One person on a sheet.

    Attributes:
        name: of the reference; iou: of its mask; marked: whether alignment marked the frame.
        rgb: `[128, 128, 3]` u1; mask, reference: `[128, 128]` bool.
        ratio: width over height of the crop in source pixels.
    """

    name: str
    iou: float
    marked: bool
    rgb: NDArray[np.uint8]
    mask: NDArray[np.bool_]
    reference: NDArray[np.bool_]
    ratio: float


def draw_sheets(findings: Sequence[Finding], folder: Path, title: str) -> list[Path]:
    """Writes `TITLE-1.png` and so on; the reference's outline is green, the mask's red.

    Returns:
        The files, in order.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = "".join(letter if letter.isalnum() else "-" for letter in title).strip("-")
    worst = sorted(findings, key=lambda finding: finding.iou)
    files = []
    for number, start in enumerate(range(0, len(worst), _CELLS), start=1):
        cells = [_cell(finding) for finding in worst[start : start + _CELLS]]
        rows = [_row(cells[first : first + _COLUMNS]) for first in range(0, len(cells), _COLUMNS)]
        breadth = max(row.shape[1] for row in rows)
        padded = [cv2.copyMakeBorder(row, 0, 0, 0, breadth - row.shape[1], 0, value=PAPER) for row in rows]
        files.append(folder / f"{stem}-{number}.png")
        cv2.imwrite(str(files[-1]), np.vstack(padded)[:, :, ::-1])
    return files


def _row(cells: list[Image]) -> Image:
    return np.hstack(cells)


def _cell(finding: Finding) -> Image:
    width = int(np.clip(round(_HEIGHT * finding.ratio), 40, 2 * _HEIGHT))
    picture = np.asarray(cv2.resize(finding.rgb, (width, _HEIGHT), interpolation=cv2.INTER_CUBIC), np.uint8)
    _outline(picture, finding.mask, RED)
    _outline(picture, finding.reference, GREEN)
    cell: Image = np.full((_HEIGHT + _FOOT, max(width, 112) + _GAP, 3), PAPER, np.uint8)
    cell[:_HEIGHT, :width] = picture
    text(cell, finding.name.replace("sample-", ""), 2, _HEIGHT + 13, scale=0.38)
    text(cell, f"{finding.iou:.3f}{' marked' if finding.marked else ''}", 2, _HEIGHT + 28, scale=0.38, colour=GREY)
    return cell


def _outline(picture: Image, mask: NDArray[np.bool_], colour: Colour) -> None:
    size = picture.shape[1::-1]
    smooth = cv2.resize(np.where(mask, 255, 0).astype(np.uint8), size, interpolation=cv2.INTER_LINEAR)
    contours, _ = cv2.findContours((smooth > 127).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(picture, contours, -1, colour, 1)
