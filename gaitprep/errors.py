"""One error tree. Every error says the fact, its cause and the next command.

Classes are also the builtin that a caller would catch, and carry the exit code of the command line.
"""

from __future__ import annotations

from typing import Any, ClassVar


class GaitprepError(Exception):
    """Base of all foreseeable faults.

    Args:
        fact: what is wrong, with the name of the thing (a path, a setting, an object).
        cause: why, where it is known.
        next_step: what the user can do now, as a command where there is one.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, fact: str, *, cause: str = "", next_step: str = "") -> None:
        super().__init__(fact)
        self.fact = fact
        self.cause = cause
        self.next_step = next_step

    def __str__(self) -> str:
        text = self.fact
        if self.cause:
            text += f" ({self.cause})"
        if self.next_step:
            text += f"; {self.next_step}"
        return text

    def __reduce__(self) -> tuple[Any, ...]:
        # Errors cross process borders; the default would lose the keyword arguments.
        return _rebuild, (type(self), self.fact, self.cause, self.next_step, dict(self.__dict__))


def _rebuild(kind: type[GaitprepError], fact: str, cause: str, next_step: str, state: dict[str, Any]) -> GaitprepError:
    error = kind.__new__(kind)
    GaitprepError.__init__(error, fact, cause=cause, next_step=next_step)
    error.__dict__.update(state)
    return error


class UsageError(GaitprepError, ValueError):
    """An impossible setting or combination of settings."""

    exit_code = 2


class InputError(GaitprepError):
    """A bad input: costs the unit it belongs to, never the run."""

    exit_code = 3


class VideoError(InputError, OSError):
    """A file that cannot be read as video."""


class ManifestError(InputError, ValueError):
    """A manifest or protocol that does not hold together."""


class PickleError(InputError, ValueError):
    """A pickle that is damaged, holds no array of numbers, or wants something executed."""


class SourceError(InputError, ValueError):
    """Files of another format that cannot become a sequence."""


class WorkError(InputError):
    """A work folder or work file that is missing or not ours."""


class WeightsError(GaitprepError, FileNotFoundError):
    """Network weights that cannot be found or are not what they should be."""

    exit_code = 4


class StoreError(GaitprepError, ValueError):
    """A store that cannot be used."""

    exit_code = 5


class ShardMissing(StoreError, FileNotFoundError):
    """An object that the inventory lists is not there."""


class ShardAltered(StoreError):
    """An object is there but is not what the inventory says."""


class SchemaMismatch(StoreError):
    """A store written by another version of the format."""


class CheckpointError(GaitprepError, ValueError):
    """A checkpoint that does not fit."""

    exit_code = 6


class TrainingError(GaitprepError, RuntimeError):
    """Training cannot start or cannot go on."""

    exit_code = 7
