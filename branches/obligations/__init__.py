"""Who owes which organisation life in which period, and how much of it is held (rules §3)."""
