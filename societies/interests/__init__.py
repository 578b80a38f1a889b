"""回避申报: what binds somebody of the committee's side to a society (R-SUP-03, roles.md §2.4)."""
