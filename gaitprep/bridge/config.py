"""Settings of `gaitprep import`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from gaitprep.pack.config import PackConfig
from gaitprep.store.schema import PICTURES, REQUIRED

ArrayName = Literal["rgb", "mask", "silhouette", "ratio"]
"""What can be imported; the rest of a store follows from it."""

Kind = Literal["auto", "silhouette", "rgb"]


class ImportConfig(PackConfig):
    """Settings of import, on top of the layout of the store.

    Attributes:
        form: what a sequence is made of: pickled arrays, or one image a frame.
        wanted: arrays to import; empty takes what most sequences have.
        files: which of several files holds an array: wildcards by the array's name. Then no other file is read.
        content: what images show; `auto` goes by their colours.
        align: size-normalise the silhouettes; without it they must be 64 rows high already.
        width: columns of silhouettes; None keeps 44 or 64, whichever they have, and aligns to 64.
        min_pixels: white pixels of a mask below which an aligned frame is not valid (the field's rule).
    """

    form: Literal["opengait", "images"]
    wanted: tuple[ArrayName, ...] = ()
    files: dict[ArrayName, str] = Field(default_factory=dict)
    content: Kind = "auto"
    align: bool = False
    width: Literal[44, 64] | None = None
    min_pixels: int = Field(40, ge=1)

    @model_validator(mode="after")
    def _files_belong_to_pickles(self) -> ImportConfig:
        if self.form == "images" and self.files:
            raise ValueError("files choose among pickles; images have none")
        return self

    def accepts(self, there: frozenset[str], usual: frozenset[str]) -> str:
        """Why a sequence with the arrays `there` does not fit into the store, "" where it does.

        Args:
            there: arrays of the sequence.
            usual: arrays that most sequences have.
        """
        wanted = frozenset(self.wanted) or usual - set(REQUIRED)
        if not wanted & set(PICTURES):
            return f"it would have none of {', '.join(PICTURES)}"
        if lacking := wanted - there:
            return f"it has no {' and no '.join(sorted(lacking))}" + ("" if self.wanted else ", as most sequences have")
        if not self.wanted and (extra := there - usual):
            return f"it has {' and '.join(sorted(extra))}, as most sequences have not; choose with --array"
        return ""
