"""Which sequences a store holds, in which order, and which shard holds which of their frames."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gaitprep.manifest.protocol import UNKNOWN, natural
from gaitprep.manifest.records import VideoRecord
from gaitprep.pack.facts import VideoFacts


@dataclass(frozen=True)
class PlannedSequence:
    """A tracklet that becomes a sequence of `length` frames; labels are final."""

    subject: str
    condition: str
    view: str
    video: str
    tracklet: str
    length: int


@dataclass(frozen=True)
class Excluded:
    """What does not become a sequence: a tracklet, or a whole video when `tracklet` is empty."""

    video: str
    tracklet: str
    reason: str


@dataclass(frozen=True)
class Piece:
    """Frames `first` to `last` (one behind) of a tracklet, as they lie in one shard."""

    video: str
    tracklet: str
    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first


@dataclass(frozen=True)
class Plan:
    """Sequences in the order of the frame axis, and what was left out, in natural order."""

    sequences: tuple[PlannedSequence, ...]
    excluded: tuple[Excluded, ...]

    @property
    def frames(self) -> int:
        """Length of the frame axis."""
        return sum(sequence.length for sequence in self.sequences)

    def shards(self, shard_frames: int) -> list[list[Piece]]:
        """The pieces of each shard: without gap or overlap, in the order of the frame axis."""
        shards: list[list[Piece]] = []
        room = 0
        for sequence in self.sequences:
            done = 0
            while done < sequence.length:
                if not room:
                    shards.append([])
                    room = shard_frames
                last = min(sequence.length, done + room)
                shards[-1].append(Piece(sequence.video, sequence.tracklet, done, last))
                room -= last - done
                done = last
        return shards


def make_plan(records: Sequence[VideoRecord], facts: dict[str, VideoFacts], min_valid_frames: int) -> Plan:
    """Orders the tracklets of all videos by subject, condition, view, video and tracklet.

    A labelled video of one person gives one sequence. Everywhere else each tracklet is a subject of its own,
    `<video>/<tracklet>`, since nobody knows who it is.

    Args:
        records: the manifest.
        facts: what the stages left of each video, by video id.
        min_valid_frames: tracklets with fewer valid frames are excluded.
    """
    sequences: list[PlannedSequence] = []
    excluded: list[Excluded] = []
    for record in records:
        for outcome in _video(record, facts[record.video_id], min_valid_frames):
            if isinstance(outcome, PlannedSequence):
                sequences.append(outcome)
            else:
                excluded.append(outcome)
    sequences.sort(key=lambda s: [natural(text) for text in (s.subject, s.condition, s.view, s.video, s.tracklet)])
    excluded.sort(key=lambda e: [natural(e.video), natural(e.tracklet)])
    return Plan(tuple(sequences), tuple(excluded))


def _video(record: VideoRecord, facts: VideoFacts, least: int) -> Iterator[PlannedSequence | Excluded]:
    video = record.video_id
    if facts.problem:
        yield Excluded(video, "", facts.problem)
        return
    if not facts.tracklets:
        yield Excluded(video, "", "no tracklet was chosen in it")
        return
    usable = {name: frames for name, (frames, valid) in facts.tracklets.items() if valid >= least}
    for name, (frames, valid) in facts.tracklets.items():
        if name not in usable:
            yield Excluded(video, name, f"{valid} of {frames} frames are valid, {least} are asked for")
    condition, view = record.condition or UNKNOWN, record.view or UNKNOWN
    if record.subject is None or record.people != "one":
        for name, frames in usable.items():
            yield PlannedSequence(f"{video}/{name}", condition, view, video, name, frames)
        return
    longest = max(usable, key=lambda name: (facts.tracklets[name][1], usable[name]), default="")
    for name, frames in usable.items():
        if name == longest:
            yield PlannedSequence(record.subject, condition, view, video, name, frames)
        else:
            yield Excluded(video, name, f"the labelled person of this video is taken to be tracklet {longest}")
