"""A run's folder: what it was asked for, how far it is, and whether what lies there may be used."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from gaitprep.errors import TrainingError
from gaitprep.run.atomic import publish_bytes, publish_json, sweep
from gaitprep.run.digest import digest_json

Standing = Literal["new", "unfinished", "finished"]


class RunFolder:
    """`model.safetensors`, `config.json`, `log.jsonl` and `state/` of a run.

    Args:
        root: the folder; made when the run starts.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.model = root / "model.safetensors"
        self.config = root / "config.json"
        self.log = root / "log.jsonl"
        self.states = root / "state"

    def open(self, request: Mapping[str, Any], *, fresh: bool) -> Standing:
        """Compares what is asked for with what lies here, and writes `config.json` where the run is new.

        Args:
            request: everything that the outcome depends on, as JSON values.
            fresh: whether a run of other settings may be discarded.

        Raises:
            TrainingError: the folder holds something else, and `fresh` was not given.
        """
        if self.root.is_dir():
            sweep(self.root)
        before = self._before()
        if before is not None and before == json.loads(json.dumps(request)):
            return "finished" if self.model.is_file() else "unfinished"
        if before is not None:
            if not fresh:
                if not before:
                    raise TrainingError(
                        f"nobody knows what run {self.root} holds",
                        cause=f"its {self.config.name} is damaged",
                        next_step="train into another folder, or discard that run with --fresh",
                    )
                raise TrainingError(
                    f"{self.root} holds a run of other settings",
                    cause="changed: " + ", ".join(_changes(before, request)),
                    next_step="train into another folder, or discard that run with --fresh",
                )
            self._discard()
        elif self.root.is_dir() and any(self.root.iterdir()):
            raise TrainingError(
                f"{self.root} is not empty and holds no run of gaitprep", next_step="give an empty folder to --out"
            )
        publish_json(self.config, dict(request))
        return "new"

    def key(self) -> str:
        """The digest of everything that the outcome depends on."""
        return digest_json(json.loads(self.config.read_text()))

    def truncate_log(self, step: int) -> None:
        """Drops log lines from `step` on (and a torn last line), which will be written again."""
        kept = [line for line in read_log(self.log) if line["step"] < step]
        publish_bytes(self.log, "".join(json.dumps(line) + "\n" for line in kept).encode())

    def _before(self) -> Any:
        if not self.config.is_file():
            return None
        try:
            return json.loads(self.config.read_text())
        except ValueError:
            return {}

    def _discard(self) -> None:
        self.model.unlink(missing_ok=True)
        self.log.unlink(missing_ok=True)
        shutil.rmtree(self.states, ignore_errors=True)


def read_log(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a log; a torn last line is left out."""
    if not path.is_file():
        return
    for text in path.read_text(errors="replace").splitlines():
        try:
            line = json.loads(text)
        except ValueError:
            return
        yield line


def _changes(before: Any, request: Mapping[str, Any], prefix: str = "") -> list[str]:
    """The names of what differs, with both values where they are short."""
    changes: list[str] = []
    before = before if isinstance(before, dict) else {}
    for name in sorted({*before, *request}):
        old, new = before.get(name), request.get(name)
        if isinstance(old, dict) and isinstance(new, Mapping):
            changes += _changes(old, new, f"{prefix}{name}.")
        elif old != json.loads(json.dumps(new)):
            shown = f" {old} → {new}" if len(f"{old}{new}") < 60 else ""
            changes.append(f"{prefix}{name}{shown}")
    return changes
