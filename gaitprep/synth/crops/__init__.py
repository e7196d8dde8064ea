"""Training crops for the silhouette network: rendered people in randomised surroundings, each with its soft mask."""
