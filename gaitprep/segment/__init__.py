"""Crops → reference masks."""
