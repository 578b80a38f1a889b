"""Pages of the rating round."""
