"""Shooting one take: the video and its truth."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from gaitprep.run.atomic import remove
from gaitprep.synth.backdrop import backdrop
from gaitprep.synth.camera import Camera
from gaitprep.synth.daylight import dimmed, facts, light_on
from gaitprep.synth.film import Film, Sight
from gaitprep.synth.passers import HURRY, crosser, passers, way
from gaitprep.synth.people import Person, person
from gaitprep.synth.plan import Take
from gaitprep.synth.repeatable import repeatable
from gaitprep.synth.scenery import Floats
from gaitprep.synth.seeds import stream
from gaitprep.synth.shade import Light
from gaitprep.synth.stressors import MARGIN, exposures, frame_times, pillar, shaken
from gaitprep.synth.worlds import WORLDS
from gaitprep.truth.file import PersonTruth, truth_path, write_truth
from gaitprep.video.writer import VideoWriter

_DARK_NOISE = 3.0  # times the world's own: little light, much gain


@repeatable
def shoot(take: Take, video: Path) -> dict[str, int]:
    """Films a take into `video` and publishes the truth beside it; the video comes last.

    Returns:
        Counts for the ledger: `frames`, `whole`, those with the whole walker in the picture, and `passers`.
    """
    world = WORLDS[take.world]
    camera, times = world.cameras[take.view], frame_times(take)
    walker = person(take.seed, take.world, take.subject, take.condition, take.frames, times=times)
    people = {take.subject: walker} | passers(take, walker, times)
    if "crossing" in take.stressors:
        people["crosser"] = crosser(take, walker, times, camera)
    light = light_on(world.sites[take.view], take.seed, take.subject, take.condition)
    light = dimmed(light) if "low-light" in take.stressors else light
    cameras = shaken(take, camera, times) if "jitter" in take.stressors else [camera] * take.frames
    exposure = exposures(take, times) if "flicker" in take.stressors else np.ones(take.frames)
    film = _film(take, people, walker, cameras, light, exposure)
    sights: list[list[Sight]] = []
    remove(video)  # an older take must not stand beside the new truth
    with VideoWriter(
        video, camera.width, camera.height, world.fps, crf=world.crf, preset="veryfast", threads=1
    ) as writer:
        for time, (image, seen) in zip(times, film.frames(), strict=True):
            writer.write(image, float(time))
            sights.append(seen)
        write_truth(
            truth_path(video),
            _about(take, camera, light),
            times,
            np.stack([each.matrix for each in cameras]),
            [
                _truth(take, name, someone, [seen[place] for seen in sights])
                for place, (name, someone) in enumerate(people.items())
            ],
            exposure=exposure,
        )
    whole = sum(seen[0].whole for seen in sights)
    return {"frames": take.frames, "whole": whole, "passers": sum(name.startswith("passer") for name in people)}


def _film(
    take: Take, people: dict[str, Person], walker: Person, cameras: list[Camera], light: Light, exposure: Floats
) -> Film:
    world = WORLDS[take.world]
    camera = world.cameras[take.view]
    if "jitter" in take.stressors:
        camera = replace(camera, width=camera.width + 2 * MARGIN, height=camera.height + 2 * MARGIN)
    view = backdrop(world.sites[take.view], camera)
    if "occluder" in take.stressors:
        view = view.extended([pillar(take, camera, way(walker))])
    grain = stream(take.seed, "noise", take.world, take.subject, take.condition, take.view)
    noise = world.noise * (_DARK_NOISE if "low-light" in take.stressors else 1.0)
    return Film(list(people.values()), cameras, view.lit(light), light, noise, grain, exposure)


def _about(take: Take, camera: Camera, light: Light) -> dict[str, str | int | float]:
    world = WORLDS[take.world]
    return {
        "world": take.world,
        "site": world.sites[take.view],
        "seed": take.seed,
        "subject": take.subject,
        "condition": take.condition,
        "view": take.view,
        "stressors": ",".join(take.stressors),
        "light": json.dumps(facts(light), sort_keys=True),
        "fps": float(world.fps),
        "width": camera.width,
        "height": camera.height,
        "crf": world.crf,
    }


def _truth(take: Take, name: str, someone: Person, sights: list[Sight]) -> PersonTruth:
    role = "walker" if name == take.subject else "crosser" if name == "crosser" else "passer-by"
    facts_of: dict[str, Any] = {
        "role": role,
        "phenotype": someone.subject.phenotype.as_dict(),
        "gait": someone.subject.gait.as_dict(),
        "gait_today": someone.gait.as_dict(),
        "look": someone.subject.look.as_dict(),
        "outfit": someone.outfit.as_dict(),
        "thing": someone.thing.as_dict() if someone.thing else None,
        "speed": round(someone.walk.speed * (HURRY if role == "crosser" else 1.0), 4),
    }
    return PersonTruth(
        name=name,
        about=facts_of,
        full=np.stack([sight.full for sight in sights]),
        visible=np.stack([sight.visible for sight in sights]),
        whole=np.array([sight.whole for sight in sights]),
        phase=someone.walk.phase,
        position=way(someone),
    )
