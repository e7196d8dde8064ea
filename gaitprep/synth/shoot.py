"""Shooting one take: the video and its truth."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gaitprep.run.atomic import remove
from gaitprep.synth.backdrop import backdrop
from gaitprep.synth.camera import Camera
from gaitprep.synth.film import Film, Sight
from gaitprep.synth.people import Person, person
from gaitprep.synth.plan import Take
from gaitprep.synth.seeds import stream
from gaitprep.synth.truth import PersonTruth, truth_path, write_truth
from gaitprep.synth.worlds import WORLDS
from gaitprep.video.writer import VideoWriter


def shoot(take: Take, video: Path) -> dict[str, int]:
    """Films a take into `video` and publishes the truth beside it; the video comes last.

    Returns:
        Counts for the ledger: `frames`, and `whole`, those with the whole walker in the picture.
    """
    world = WORLDS[take.world]
    camera = world.cameras[take.view]
    walker = person(take.seed, take.world, take.subject, take.condition, take.frames)
    grain = stream(take.seed, "noise", take.world, take.subject, take.condition, take.view)
    film = Film([walker], camera, backdrop(take.world, take.view, camera), world.light, world.noise, grain)
    sights: list[Sight] = []
    remove(video)  # an older take must not stand beside the new truth
    with VideoWriter(video, camera.width, camera.height, world.fps, crf=18, preset="veryfast", threads=1) as writer:
        for image, (sight,) in film.frames():
            writer.write(image)
            sights.append(sight)
        write_truth(
            truth_path(video),
            _about(take, camera),
            np.arange(take.frames) / world.fps,
            np.repeat(camera.matrix[None], take.frames, axis=0),
            [_truth(walker, sights)],
        )
    return {"frames": take.frames, "whole": sum(sight.whole for sight in sights)}


def _about(take: Take, camera: Camera) -> dict[str, str | int | float]:
    return {
        "world": take.world,
        "seed": take.seed,
        "subject": take.subject,
        "condition": take.condition,
        "view": take.view,
        "fps": float(WORLDS[take.world].fps),
        "width": camera.width,
        "height": camera.height,
    }


def _truth(walker: Person, sights: list[Sight]) -> PersonTruth:
    root = walker.transforms[:, 0]
    rest = walker.body.heads[0]
    return PersonTruth(
        name=walker.subject.name,
        about={
            "phenotype": walker.subject.phenotype.as_dict(),
            "gait": walker.subject.gait.as_dict(),
            "gait_today": walker.gait.as_dict(),
            "look": walker.subject.look.as_dict(),
            "outfit": walker.outfit.as_dict(),
            "thing": walker.thing.as_dict() if walker.thing else None,
            "speed": round(walker.walk.speed, 4),
        },
        full=np.stack([sight.full for sight in sights]),
        visible=np.stack([sight.visible for sight in sights]),
        whole=np.array([sight.whole for sight in sights]),
        phase=walker.walk.phase,
        position=root[:, :, :3] @ rest + root[:, :, 3],
    )
