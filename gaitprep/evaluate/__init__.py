"""Rank-k at home and abroad by a data set's protocol."""
