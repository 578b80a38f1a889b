"""The committee's coverage dashboard: stored figures, never computed here (architecture §3.5)."""
