"""The protocol of a data set: how its files are named, who trains, who is tested, against whom."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from gaitprep.errors import ManifestError
from gaitprep.manifest.bundled import read_yaml_source
from gaitprep.manifest.select import Subjects

UNKNOWN = "unknown"
"""The label of what nobody knows."""

_GROUPS = {"subject", "condition", "view"}


def _pattern(text: str) -> str:
    try:
        groups = set(re.compile(text).groupindex)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    if missing := _GROUPS - groups:
        raise ValueError(f"lacks the named groups {', '.join(sorted(missing))}")
    return text


@dataclass(frozen=True)
class Split:
    """Subjects that train and subjects that are tested, each in natural order."""

    train: list[str]
    test: list[str]


class Protocol(BaseModel):
    """A data set's protocol, from `manifests/*.yaml`.

    Attributes:
        pattern: regular expression with the groups subject, condition and view, matched against the end of a
            video's path under the root, without suffix.
        ignore: regular expressions of paths that belong to the set but hold no sequence (background clips).
        people: `one`: each video shows one labelled walker; `many`: everybody in it is a sequence.
        train: subjects that train: names, ranges (`"001-074"`, `"1-9:2"` for every second) and wildcards
            (`"train/*"`), or the fraction of all subjects, in natural order.
        test: subjects that are tested, in the same way; None for all that do not train.
        gallery: what is enrolled: conditions, or sequences as `subject/condition/view`; both may have wildcards,
            which pass over what `probes` name.
        probes: groups of what is sought, likewise; wildcards pass over what their gallery names.
        galleries: another gallery for single groups.
        exclude_identical_view: whether a probe is compared with galleries of other views only.
        ranks: the k of rank-k.
        expected: counts that a complete copy has (`subjects`, `videos`).
        missing: sequences known to be missing in the released set, as `subject/condition/view`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str = ""
    pattern: Annotated[str, AfterValidator(_pattern)]
    ignore: list[str] = Field(default_factory=list)
    people: Literal["one", "many"] = "one"
    train: list[str] | Annotated[float, Field(gt=0, lt=1)]
    test: list[str] | None = None
    gallery: list[str] = Field(min_length=1)
    probes: dict[str, list[str]] = Field(min_length=1)
    galleries: dict[str, list[str]] = Field(default_factory=dict)
    exclude_identical_view: bool = True
    ranks: list[Annotated[int, Field(ge=1)]] = Field(default_factory=lambda: [1], min_length=1)
    expected: dict[str, int] = Field(default_factory=dict)
    missing: list[str] = Field(default_factory=list)
    notes: str = ""

    def split(self, subjects: Sequence[str]) -> Split:
        """Divides the subjects that are there into those that train and those that are tested."""
        ordered = sorted(set(subjects), key=natural)
        if isinstance(self.train, float):
            training = ordered[: round(len(ordered) * self.train)]
        else:
            chosen = Subjects.of(self.train)
            training = [subject for subject in ordered if chosen.names(subject)]
        taken = set(training)
        others = [subject for subject in ordered if subject not in taken]
        if self.test is not None:
            chosen = Subjects.of(self.test)
            others = [subject for subject in others if chosen.names(subject)]
        return Split(training, others)

    def enrolled(self, group: str) -> list[str]:
        """The gallery that a group of probes is sought in."""
        return self.galleries.get(group, self.gallery)

    @model_validator(mode="after")
    def _galleries_belong_to_groups(self) -> Protocol:
        if unknown := set(self.galleries) - set(self.probes):
            raise ValueError(f"galleries of no group of probes: {', '.join(sorted(unknown))}")
        return self

    def labels(self, name: str) -> tuple[str, str, str] | None:
        """(subject, condition, view) of a path under the root without suffix, or None where it does not match.

        Groups that the pattern leaves out of a path are `unknown`.
        """
        match = re.search(f"(?:^|/)(?:{self.pattern})$", name)
        if match is None:
            return None
        return match["subject"] or UNKNOWN, match["condition"] or UNKNOWN, match["view"] or UNKNOWN

    def lacking(self, found: Mapping[str, int]) -> list[str]:
        """What a complete copy would have and this one has not, as sentences.

        Args:
            found: counts by the names in `expected`.
        """
        return [
            f"{name}: {found[name]} of {count}"
            for name, count in self.expected.items()
            if name in found and found[name] < count
        ]

    def ignores(self, name: str) -> bool:
        """Whether the path is known to hold no sequence."""
        return any(re.search(pattern, name) for pattern in self.ignore)


def natural(text: str) -> list[tuple[int, int | str]]:
    """Sort key that orders numbers in names by value."""
    return [(0, int(part)) if part.isdigit() else (1, part) for part in re.split(r"(\d+)", text) if part]


def load_protocol(name_or_path: str) -> Protocol:
    """Reads a bundled protocol by name, or any protocol file by path.

    Raises:
        ManifestError: there is none, or it does not hold together; the field at fault is named.
    """
    text, source = read_yaml_source("manifests", name_or_path)
    try:
        content: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ManifestError(f"{source} is not YAML", cause=str(error)) from error
    try:
        return Protocol.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ManifestError(f"{source}: {place}: {first['msg']}", next_step="see docs/protocols.md") from error
