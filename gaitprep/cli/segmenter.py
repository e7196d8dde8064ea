"""`gaitprep train segmenter`: rendered crops → a network that finds people's silhouettes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gaitprep.run.events import Events
    from gaitprep.train.config import SegmenterConfig
    from gaitprep.train.loop import Execution
    from gaitprep.train.runner import Outcome

HELD_OUT_SEED = 1_000_003  # other people, too, than those of training with any small seed


def train_on_rendered(
    config: SegmenterConfig,
    preset: str,
    seed: int,
    out: Path,
    *,
    crops: Path | None,
    backgrounds: Path | None,
    workers: int,
    execution: Execution,
    events: Events,
    fresh: bool,
) -> Outcome:
    """Renders the crops that are missing, then trains.

    Args:
        config: settings of the phase; preset: where they come from; seed: of everything.
        out: the run's folder.
        crops: where crops are kept, for several runs to share; a folder `crops` in `out` if None.
        backgrounds: folder with further backgrounds, from `make backgrounds`.
        workers: processes that render; 0 takes one for each core.
        execution: how training is carried out; events: where progress goes; fresh: discard another run in `out`.
    """
    from gaitprep.synth.bodydata import body_data
    from gaitprep.synth.crops.pool import CropPool
    from gaitprep.train.segmenter_run import SegmenterRequest, train_segmenter

    root = crops or out.with_name(out.name + "-crops")
    training = CropPool(root / "training", seed, config.crops, backgrounds=backgrounds)
    held_out = CropPool(root / "held-out", seed + HELD_OUT_SEED, config.held_out, True, backgrounds)

    def render() -> None:
        body_data()
        for pool in (training, held_out):
            pool.claim()
            if missing := pool.missing():
                events.say(f"rendering crops into {pool.root} …")
                events.begin("crops", sum(map(pool.rows, missing)))
                pool.make(workers or -1, events.advance)
                events.end()

    request = SegmenterRequest(config, preset, training, held_out, seed)
    return train_segmenter(request, out, execution, events, render=render, fresh=fresh)
