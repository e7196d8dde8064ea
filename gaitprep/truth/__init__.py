"""The truth beside a synthetic video: written by the walkers' camera, read by whoever scores."""
