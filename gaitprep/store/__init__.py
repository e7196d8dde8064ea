"""The on-disk format that training reads."""
