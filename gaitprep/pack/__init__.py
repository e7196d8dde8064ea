"""Work files → a sharded Zarr store."""
