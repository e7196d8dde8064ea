"""One call of an experiment: its units, what is left of them to do, and the result files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gaitprep.experiment.bench import Bench
from gaitprep.experiment.config import ExperimentConfig
from gaitprep.experiment.experiments import EXPERIMENTS
from gaitprep.experiment.report import Report
from gaitprep.experiment.schedule import Execution, carry_out
from gaitprep.experiment.unit import Unit, in_order
from gaitprep.run.atomic import make_writable, sweep
from gaitprep.run.events import Events


@dataclass(frozen=True)
class Plan:
    """An experiment that is ready to go.

    Attributes:
        out: folder of the result files.
        units: all units, needs first.
        report: writes the result files.
    """

    out: Path
    units: list[Unit]
    report: Report

    @property
    def left(self) -> list[Unit]:
        """The units that are not done."""
        return [unit for unit in self.units if unit.done() is None]


def plan(name: str, config: ExperimentConfig, out: Path, command: str) -> Plan:
    """What an experiment consists of.

    Args:
        name: of the experiment, one of `EXPERIMENTS`.
        config: its settings, of the experiment's kind.
        out: folder that experiments share: `units/` for their units, `NAME/` for the results of each.
        command: that was typed, for the record.

    Raises:
        UsageError: an impossible setting.
        StoreError: a store cannot be used.
    """
    experiment = EXPERIMENTS[name]
    bench = Bench(config, out / "units")
    sizes = bench.sizes()
    wanted = experiment.units(config, bench)
    units = in_order(wanted)
    report = Report(
        out / name, name, experiment.title, command, config, sizes, wanted, units, experiment.claims(config)
    )
    return Plan(out / name, units, report)


def carry_out_plan(todo: Plan, execution: Execution, events: Events) -> Mapping[str, str]:
    """Does what is left, and writes the result files after every unit.

    Returns:
        Why units failed, by name.

    Raises:
        UsageError: the folder cannot be written to.
    """
    make_writable(todo.out)
    sweep(todo.out)
    todo.report.write({})
    failed = carry_out(todo.units, execution, events, todo.report.write)
    return {unit.name: failed[unit.key] for unit in todo.units if unit.key in failed}
