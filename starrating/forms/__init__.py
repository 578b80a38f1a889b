"""Forms of the rating round."""
