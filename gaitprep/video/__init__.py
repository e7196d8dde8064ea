"""Frames with time: what a file holds, reading it, writing one."""

from gaitprep.video.damage import DamagedVideo
from gaitprep.video.frame import Frame
from gaitprep.video.info import VideoInfo, probe
from gaitprep.video.read import read_frames
from gaitprep.video.writer import VideoWriter

__all__ = ["DamagedVideo", "Frame", "VideoInfo", "VideoWriter", "probe", "read_frames"]
