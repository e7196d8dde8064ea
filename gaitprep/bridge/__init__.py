"""To and from the formats of the field: pickle trees, image trees, videos for a look."""
