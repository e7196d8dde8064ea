"""From a folder of files to a manifest."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from gaitprep.errors import ManifestError
from gaitprep.manifest.protocol import Protocol, natural
from gaitprep.manifest.records import VideoRecord
from gaitprep.manifest.table import check_records

VIDEO_SUFFIXES = frozenset(
    f".{suffix}"
    for suffix in "avi mp4 m4v mkv mov mpg mpeg mts m2ts ts webm wmv flv 3gp ogv vob dv y4m".split()  # noqa: SIM905
)


@dataclass(frozen=True)
class ScanResult:
    """What a scan found.

    Attributes:
        records: videos, in natural order; those with a problem are among them.
        ignored: files that are no sequences, with the reason.
    """

    records: list[VideoRecord]
    ignored: dict[str, str] = field(default_factory=dict)

    def missing(self, protocol: Protocol) -> list[str]:
        """What a complete copy would have and this one has not, as sentences."""
        subjects = {record.subject for record in self.records if record.subject}
        return protocol.lacking({"subjects": len(subjects), "videos": len(self.records)})


def scan(source: Path, protocol: Protocol | None = None) -> ScanResult:
    """Lists the videos below `source` (or `source` itself), with labels where a protocol's pattern gives them.

    Without a protocol everything is unlabelled and everybody in a video counts (`people="many"`). With one, files
    that do not match its pattern are ignored by name.

    Raises:
        ManifestError: there is no such path, or no video below it.
    """
    if not source.exists():
        raise ManifestError(f"there is no file or folder {source}", next_step="check the path")
    source = source.absolute()  # a table of relative paths would count from the table's folder
    root = source.parent if source.is_file() else source
    files = [source] if source.is_file() else _visible_files(source)
    records: list[VideoRecord] = []
    ignored: dict[str, str] = {}
    for path in files:
        name = str(path.relative_to(root).with_suffix(""))
        record = _record(path, name, protocol)
        if isinstance(record, str):
            ignored[str(path.relative_to(root))] = record
        else:
            records.append(record)
    if not records:
        raise ManifestError(
            f"no video {'of ' + protocol.name + ' ' if protocol else ''}below {source}",
            cause=_summarise(ignored),
            next_step="check the folder"
            + (f" and the pattern {protocol.pattern!r} of {protocol.name}" if protocol else ""),
        )
    records.sort(key=lambda record: natural(record.video_id))
    return ScanResult(check_records(records), ignored)


def _visible_files(root: Path) -> list[Path]:
    """All files below `root` but hidden ones, such as the bookkeeping of `gaitprep synth`."""
    return sorted(
        path
        for path in root.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(root).parts)
    )


def _record(path: Path, name: str, protocol: Protocol | None) -> VideoRecord | str:
    if path.suffix.lower() not in VIDEO_SUFFIXES:
        return "not a video by its suffix"
    if protocol is None:
        return VideoRecord(name, path)
    if protocol.ignores(name):
        return f"{protocol.name} counts it as no sequence"
    labels = protocol.labels(name)
    if labels is None:
        return f"its name does not match the pattern of {protocol.name}"
    return VideoRecord(name, path, protocol.name, *labels, people=protocol.people)


def _summarise(ignored: dict[str, str]) -> str:
    if not ignored:
        return "the folder is empty"
    name, reason = next(iter(ignored.items()))
    return f"{len(ignored)} files ignored, e.g. {name}: {reason}"
