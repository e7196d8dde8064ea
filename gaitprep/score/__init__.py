"""What the pipeline made of synthetic videos, against the truth beside them. `docs/scores.md` explains each figure."""
