"""The three training phases: segmentation, recognition, joint."""
