"""The member register: judging what is filed, writing it, showing it (R-MEM-01, R-MEM-07)."""
