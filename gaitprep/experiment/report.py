"""Result files of an experiment: everything as JSON, and the tables as Markdown; rewritten after every unit."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml
from rich.table import Table

import gaitprep
from gaitprep.evaluate.markdown import markdown
from gaitprep.experiment import tables
from gaitprep.experiment.config import ExperimentConfig
from gaitprep.experiment.findings import Claim, Finding, judge
from gaitprep.experiment.pictures import Picture
from gaitprep.experiment.rows import Row, rows_of
from gaitprep.experiment.training import Training
from gaitprep.experiment.unit import Unit
from gaitprep.run.atomic import publish_bytes, publish_json, publish_text
from gaitprep.run.provenance import library_versions

_LIBRARIES = ("torch", "torchvision", "numpy", "opencv-python", "safetensors", "zarr")


@dataclass(frozen=True)
class Report:
    """Writes what is known so far.

    Attributes:
        out: folder of the two files.
        name, title: of the experiment; command: that was typed.
        config: its settings; sizes: of the stores.
        wanted: units that the tables are made of; units: these and all that they need.
        claims: what is held against the numbers.
    """

    out: Path
    name: str
    title: str
    command: str
    config: ExperimentConfig
    sizes: Mapping[str, Mapping[str, Any]]
    wanted: Sequence[Unit]
    units: Sequence[Unit]
    claims: Sequence[Claim]

    def write(self, failed: Mapping[str, str]) -> None:
        """Publishes `results.json`, `results.md` and copies of the pictures.

        Args:
            failed: why units failed, by key.
        """
        rows, records = rows_of(self.wanted), self._records(failed)
        found = judge(self.claims, rows)
        content = {
            "experiment": self.name,
            "command": self.command,
            "gaitprep": gaitprep.__version__,
            "complete": all(record["outcome"] == "done" for record in records),
            "settings": self.settings(),
            "stores": self.sizes,
            "rows": [row.model_dump(mode="json") for row in rows],
            "findings": [asdict(finding) for finding in found],
            "pictures": list(self.pictures()),
            "units": records,
            "seconds": round(sum(record["seconds"] for record in records), 1),
            "libraries": library_versions(_LIBRARIES),
            "machine": {
                "python": platform.python_version(),
                "system": f"{platform.system()} {platform.machine()}",
                "cores": os.cpu_count(),
            },
        }
        for name, picture in self.pictures().items():
            publish_bytes(self.out / name, picture.read_bytes())
        publish_json(self.out / "results.json", content)
        publish_text(self.out / "results.md", self._markdown(content, rows, found, records))

    def settings(self) -> dict[str, Any]:
        """What was set, without the places of the stores; `units` in the file have the presets' numbers as well."""
        return self.config.model_dump(mode="json", exclude={"stores"})

    def tables(self) -> list[Table]:
        """The tables that the numbers so far give, the most important first."""
        rows = rows_of(self.wanted)
        return _tables(rows, judge(self.claims, rows))

    def pictures(self) -> dict[str, Path]:
        """Finished pictures: their names beside the result files → where their units have them."""
        finished = [unit for unit in self.wanted if isinstance(unit, Picture) and unit.done()]
        return {
            f"{unit.domain}-{unit.sequence.replace('/', '-')}.png": unit.folder / unit.files[0] for unit in finished
        }

    def _records(self, failed: Mapping[str, str]) -> list[dict[str, Any]]:
        records = []
        for unit in self.units:
            done = unit.done()
            outcome = "done" if done else "failed" if unit.key in failed else "to do"
            record: dict[str, Any] = {"name": unit.name, "kind": unit.kind, "outcome": outcome, "seconds": 0.0}
            if isinstance(unit, Training):
                record["settings"] = unit.config.model_dump(mode="json")
            if done:
                record |= {name: done.found[name] for name in ("steps", "loss") if name in done.found}
                record["seconds"] = done.seconds
            elif unit.key in failed:
                record["reason"] = failed[unit.key]
            records.append(record)
        return records

    def _markdown(
        self,
        content: Mapping[str, Any],
        rows: Sequence[Row],
        found: Sequence[Finding],
        records: Sequence[Mapping[str, Any]],
    ) -> str:
        head = [f"# {self.title}", "", f"`{self.command}`, gaitprep {content['gaitprep']}", ""]
        open_ = [record for record in records if record["outcome"] != "done"]
        if open_:
            failed = [record for record in open_ if record["outcome"] == "failed"]
            head += [f"**Not complete:** {len(open_)} of {len(records)} units are not done, {len(failed)} failed.", ""]
        shown = [f"![{path}]({path})\n" for path in content["pictures"]]
        remarks = sorted({f"- {row.label} on {row.test}: {note}" for row in rows for note in row.notes})
        small = [tables.sets(self.sizes), tables.units(records)]
        versions = ", ".join(f"{name} {version}" for name, version in content["libraries"].items())
        machine = content["machine"]
        foot = [
            f"{content['seconds'] / 60:.0f} minutes of work in all, {self.config.threads} threads a unit; "
            f"{machine['cores']} cores, {machine['system']}, Python {machine['python']}, {versions}.",
            "",
            "```yaml",
            yaml.safe_dump(content["settings"], sort_keys=False).rstrip(),
            "```",
            "",
        ]
        body = markdown(_tables(rows, found))
        return "\n".join([*head, body, *shown, *remarks, *([""] if remarks else []), markdown(small), *foot])


def _tables(rows: Sequence[Row], found: Sequence[Finding]) -> list[Table]:
    shown = [tables.accuracy(rows, "Rank-1")] if rows else []
    shown += [tables.findings(found)] if found else []
    segmented = tables.masks(rows)
    return shown + ([segmented] if segmented is not None else [])
