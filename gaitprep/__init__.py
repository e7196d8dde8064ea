"""From raw pedestrian video to gait-recognition training sets, and the GaitEdge family trained on them."""

__version__ = "0.1.0"
