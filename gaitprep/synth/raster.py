"""A z-buffer: which triangle each sample of a picture shows.

Corners are rounded to sixteenths of a sample and coverage is decided in integers with the top-left rule: triangles that
share an edge neither overlap nor leave gaps, and the result does not depend on how a processor rounds.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gaitprep.synth.compiled import compiled

Floats = NDArray[np.float64]
SUB = 16
"""Steps of a corner's place per sample."""


@compiled
def rasterise(
    corners: Floats, faces: NDArray[np.int32], nearness: NDArray[np.float32], shown: NDArray[np.int32]
) -> None:
    """Draws triangles into a picture; of those at one sample the nearest stays.

    Args:
        corners: `[v, 3]` x and y in samples (the centre of the first sample is at 0.5, 0.5) and nearness 1/distance;
            triangles with a corner of nearness ≤ 0 (behind the camera) are left out.
        faces: `[f, 3]`, either way round.
        nearness: `[h, w]`, changed in place; start with 0.
        shown: `[h, w]` index of the face that is seen, changed in place; start with −1.
    """
    height, width = shown.shape
    half = SUB // 2
    for face in range(faces.shape[0]):
        a, b, c = faces[face, 0], faces[face, 1], faces[face, 2]
        if corners[a, 2] <= 0.0 or corners[b, 2] <= 0.0 or corners[c, 2] <= 0.0:
            continue
        ax, ay = round(corners[a, 0] * SUB), round(corners[a, 1] * SUB)
        bx, by = round(corners[b, 0] * SUB), round(corners[b, 1] * SUB)
        cx, cy = round(corners[c, 0] * SUB), round(corners[c, 1] * SUB)
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if area == 0:
            continue
        if area < 0:
            b, c = c, b
            bx, by, cx, cy = cx, cy, bx, by
            area = -area
        left = max((min(ax, bx, cx) - half + SUB - 1) // SUB, 0)
        right = min((max(ax, bx, cx) - half) // SUB, width - 1)
        top = max((min(ay, by, cy) - half + SUB - 1) // SUB, 0)
        bottom = min((max(ay, by, cy) - half) // SUB, height - 1)
        # A sample on an edge belongs to the triangle only where the edge is its top or left one.
        keep_a = 0 if (by == cy and cx > bx) or cy < by else 1
        keep_b = 0 if (cy == ay and ax > cx) or ay < cy else 1
        keep_c = 0 if (ay == by and bx > ax) or by < ay else 1
        near_a, near_b, near_c = corners[a, 2] / area, corners[b, 2] / area, corners[c, 2] / area
        for row in range(top, bottom + 1):
            y = row * SUB + half
            x = left * SUB + half
            weight_a = (cx - bx) * (y - by) - (cy - by) * (x - bx)
            weight_b = (ax - cx) * (y - cy) - (ay - cy) * (x - cx)
            weight_c = area - weight_a - weight_b
            for column in range(left, right + 1):
                if weight_a >= keep_a and weight_b >= keep_b and weight_c >= keep_c:
                    near = np.float32(weight_a * near_a + weight_b * near_b + weight_c * near_c)
                    if near > nearness[row, column]:
                        nearness[row, column] = near
                        shown[row, column] = face
                weight_a -= (cy - by) * SUB
                weight_b -= (ay - cy) * SUB
                weight_c = area - weight_a - weight_b


@compiled
def place_in(corners: Floats, face: NDArray[np.int32], column: int, row: int) -> tuple[float, float, float]:
    """Perspective-true weights of a face's three corners at the centre of a sample; they add up to 1."""
    half = SUB // 2
    ax, ay = round(corners[face[0], 0] * SUB), round(corners[face[0], 1] * SUB)
    bx, by = round(corners[face[1], 0] * SUB), round(corners[face[1], 1] * SUB)
    cx, cy = round(corners[face[2], 0] * SUB), round(corners[face[2], 1] * SUB)
    x, y = column * SUB + half, row * SUB + half
    a = ((cx - bx) * (y - by) - (cy - by) * (x - bx)) * corners[face[0], 2]
    b = ((ax - cx) * (y - cy) - (ay - cy) * (x - cx)) * corners[face[1], 2]
    c = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) * corners[face[2], 2]
    total = a + b + c
    return a / total, b / total, c / total
