"""The networks and losses of the GaitEdge family, in plain torch."""
