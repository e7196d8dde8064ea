"""Raw video → tracklets and 128×128 crops: detect → associate → choose → crop."""
