"""系统测算分 of all societies for the committee: how they are spread, and the list behind it."""
