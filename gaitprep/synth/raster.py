"""A z-buffer: which triangle each sample of a picture shows.

Corners are rounded to sixteenths of a sample and coverage is decided in integers with the top-left rule: triangles that
share an edge neither overlap nor leave gaps, and the result does not depend on how a processor rounds.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gaitprep.synth.compiled import compiled

Floats = NDArray[np.float64]
Steps = NDArray[np.int64]
SUB = 16
"""Steps of a corner's place per sample."""
_SLACK = 1.0 + 1e-6
"""More than rounding can bring an interpolated nearness above that of the nearest corner."""


@compiled
def rasterise(
    corners: Floats, faces: NDArray[np.int32], nearness: NDArray[np.float32], shown: NDArray[np.int32]
) -> None:
    """Draws triangles into a picture; of those at one sample the nearest stays, of equally near ones the first.

    Args:
        corners: `[v, 3]` x and y in samples (the centre of the first sample is at 0.5, 0.5) and nearness 1/distance;
            triangles with a corner of nearness ≤ 0 (behind the camera) are left out.
        faces: `[f, 3]`, either way round.
        nearness: `[h, w]`, changed in place; start with 0.
        shown: `[h, w]` index of the face that is seen, changed in place; start with −1.
    """
    steps = in_steps(corners)
    behind, count = np.empty(faces.shape[0], np.int32), 0
    # On a closed mesh the faces that look this way hide the others. They go first, so that the others are mostly done
    # with as soon as they are compared with what is there. Which go first changes nothing but the time.
    for turn in range(2):
        for index in range(count if turn else faces.shape[0]):
            face = behind[index] if turn else np.int32(index)
            a, b, c = int(faces[face, 0]), int(faces[face, 1]), int(faces[face, 2])
            ax, ay, bx, by, cx, cy = _flat(steps, a, b, c)
            area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
            if turn == 0:
                if area >= 0:
                    behind[count] = face
                    count += 1
                    continue
                b, c = c, b
                bx, by, cx, cy = cx, cy, bx, by
                area = -area
            left, right, top, bottom = _reach(ax, ay, bx, by, cx, cy, shown.shape)
            if left > right or top > bottom or area == 0:
                continue
            if corners[a, 2] <= 0.0 or corners[b, 2] <= 0.0 or corners[c, 2] <= 0.0:
                continue
            if turn:
                nearest = np.float32(_SLACK * max(corners[a, 2], corners[b, 2], corners[c, 2]))
                hidden = True
                for row in range(top, bottom + 1):
                    for column in range(left, right + 1):
                        hidden &= nearness[row, column] >= nearest
                if hidden:
                    continue
            keep_a, keep_b, keep_c = _keep(bx, by, cx, cy), _keep(cx, cy, ax, ay), _keep(ax, ay, bx, by)
            near_a, near_b, near_c = corners[a, 2] / area, corners[b, 2] / area, corners[c, 2] / area
            x, y = left * SUB + SUB // 2, top * SUB + SUB // 2
            first_a = (cx - bx) * (y - by) - (cy - by) * (x - bx)
            first_b = (ax - cx) * (y - cy) - (ay - cy) * (x - cx)
            for row in range(top, bottom + 1):
                weight_a, weight_b = first_a, first_b
                for column in range(left, right + 1):
                    weight_c = area - weight_a - weight_b
                    # One comparison of signs instead of three, which processors guess wrongly.
                    if (weight_a - keep_a) | (weight_b - keep_b) | (weight_c - keep_c) >= 0:
                        near = np.float32(weight_a * near_a + weight_b * near_b + weight_c * near_c)
                        held = nearness[row, column]
                        if near > held or (near == held and face < shown[row, column]):
                            nearness[row, column] = near
                            shown[row, column] = face
                    weight_a -= (cy - by) * SUB
                    weight_b -= (ay - cy) * SUB
                first_a += (cx - bx) * SUB
                first_b += (ax - cx) * SUB


@compiled
def cover(corners: Floats, faces: NDArray[np.int32], covered: NDArray[np.bool_]) -> None:
    """Sets the samples of `covered [h, w]` that any triangle covers; corners and faces as for `rasterise`."""
    steps = in_steps(corners)
    for face in range(faces.shape[0]):
        a, b, c = int(faces[face, 0]), int(faces[face, 1]), int(faces[face, 2])
        ax, ay, bx, by, cx, cy = _flat(steps, a, b, c)
        left, right, top, bottom = _reach(ax, ay, bx, by, cx, cy, covered.shape)
        if left > right or top > bottom:
            continue
        if corners[a, 2] <= 0.0 or corners[b, 2] <= 0.0 or corners[c, 2] <= 0.0:
            continue
        done = True
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                done &= covered[row, column]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if done or area == 0:
            continue
        if area < 0:
            bx, by, cx, cy = cx, cy, bx, by
            area = -area
        keep_a, keep_b, keep_c = _keep(bx, by, cx, cy), _keep(cx, cy, ax, ay), _keep(ax, ay, bx, by)
        x, y = left * SUB + SUB // 2, top * SUB + SUB // 2
        first_a = (cx - bx) * (y - by) - (cy - by) * (x - bx)
        first_b = (ax - cx) * (y - cy) - (ay - cy) * (x - cx)
        for row in range(top, bottom + 1):
            weight_a, weight_b = first_a, first_b
            for column in range(left, right + 1):
                weight_c = area - weight_a - weight_b
                covered[row, column] |= (weight_a - keep_a) | (weight_b - keep_b) | (weight_c - keep_c) >= 0
                weight_a -= (cy - by) * SUB
                weight_b -= (ay - cy) * SUB
            first_a += (cx - bx) * SUB
            first_b += (ax - cx) * SUB


@compiled
def in_steps(corners: Floats) -> NDArray[np.int64]:
    """`[v, 2]` corners `[v, 3]` in whole sixteenths of a sample."""
    steps = np.empty((corners.shape[0], 2), np.int64)
    for corner in range(corners.shape[0]):
        steps[corner, 0] = round(corners[corner, 0] * SUB)
        steps[corner, 1] = round(corners[corner, 1] * SUB)
    return steps


@compiled
def _flat(steps: NDArray[np.int64], a: int, b: int, c: int) -> tuple[int, int, int, int, int, int]:
    return steps[a, 0], steps[a, 1], steps[b, 0], steps[b, 1], steps[c, 0], steps[c, 1]


@compiled
def _reach(ax: int, ay: int, bx: int, by: int, cx: int, cy: int, shape: tuple[int, int]) -> tuple[int, int, int, int]:
    """First and last column, first and last row of the samples round which a triangle lies."""
    half = SUB // 2
    left, right = (min(ax, bx, cx) - half + SUB - 1) // SUB, (max(ax, bx, cx) - half) // SUB
    top, bottom = (min(ay, by, cy) - half + SUB - 1) // SUB, (max(ay, by, cy) - half) // SUB
    return max(left, 0), min(right, shape[1] - 1), max(top, 0), min(bottom, shape[0] - 1)


@compiled
def _keep(fx: int, fy: int, tx: int, ty: int) -> int:
    """The least weight with which a sample belongs to a triangle that has the edge f → t.

    One on the edge itself belongs to it only where that is its top or left one.
    """
    return 0 if (fy == ty and tx > fx) or ty < fy else 1


@compiled
def place_in(
    corners: Floats, steps: NDArray[np.int64], i: int, j: int, k: int, column: int, row: int
) -> tuple[float, float, float]:
    """Perspective-true weights of the corners i, j and k of a face at the centre of a sample; they add up to 1.

    Args:
        corners: as for `rasterise`, and steps: the same from `in_steps`.
    """
    ax, ay, bx, by, cx, cy = _flat(steps, i, j, k)
    x, y = column * SUB + SUB // 2, row * SUB + SUB // 2
    a = ((cx - bx) * (y - by) - (cy - by) * (x - bx)) * corners[i, 2]
    b = ((ax - cx) * (y - cy) - (ay - cy) * (x - cx)) * corners[j, 2]
    c = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) * corners[k, 2]
    total = a + b + c
    return a / total, b / total, c / total
