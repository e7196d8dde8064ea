"""Masks → size-normalised silhouettes with quality marks."""
