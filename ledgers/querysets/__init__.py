"""Reads of the ledger, by noun."""
