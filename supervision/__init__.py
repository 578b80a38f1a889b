"""Inspection batches with a provable draw, spot checks, findings (rules §8)."""
