"""What is recorded where: video records, labels, protocols."""
