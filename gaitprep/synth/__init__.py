"""Synthetic walkers: raw videos with ground truth."""
