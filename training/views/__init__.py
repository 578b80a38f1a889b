"""Pages of training: each starts from what the acting appointment may read."""
