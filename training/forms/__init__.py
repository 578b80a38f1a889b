"""Forms of training: they parse; actions check and write."""
