"""The stage that scores: one unit is one video, its output one JSON file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

from gaitprep.run.atomic import publish_text, remove
from gaitprep.run.digest import digest_file, digest_json
from gaitprep.run.stage import Result, Stage, Unit
from gaitprep.score.config import ScoreConfig
from gaitprep.score.source import Source, sources
from gaitprep.score.video import score_video
from gaitprep.work.layout import WorkDir


class ScoreStage(Stage[ScoreConfig]):
    """Compares a work folder with the truth.

    Args:
        config: what is compared.
        work: the work folder.
        truth: folder of the truth files; None for beside the videos.
    """

    name: ClassVar[str] = "score"
    version: ClassVar[int] = 1

    def __init__(self, config: ScoreConfig, work: WorkDir, truth: Path | None = None) -> None:
        super().__init__(config)
        self.work = work
        self.truth = truth

    def units(self) -> list[Unit]:
        """One unit for each video that was tracked, or that tracking failed on."""
        return [
            Unit(source.record.video_id, _digest(source), self.output(source.record.video_id), source)
            for source in sources(self.work, self.truth, self.config.parts)
        ]

    def output(self, video_id: str) -> Path:
        """Where the score of a video is."""
        return self.work.root / self.name / f"{video_id}.json"

    def process(self, unit: Unit) -> Result:
        """Scores one video.

        Raises:
            InputError: see `score_video`.
        """
        assert unit.output is not None
        remove(unit.output)  # a score of other results must not be taken for one of these
        score = score_video(unit.source, self.config)
        publish_text(unit.output, json.dumps(score, separators=(",", ":")) + "\n")
        return Result.of_file(unit.output, counts={"crops": len(score.get("frames", {}).get("row", []))})

    def read(self, video_id: str) -> dict[str, Any]:
        """The score of a video that was scored."""
        score: dict[str, Any] = json.loads(self.output(video_id).read_text())
        return score


def _digest(source: Source) -> str:
    made = {part: record.output_digest or record.outcome for part, record in sorted(source.done.items())}
    truth = digest_file(source.truth) if source.truth.is_file() else "no truth"
    return digest_json([made, truth, source.record.people, source.record.condition, source.record.view])
