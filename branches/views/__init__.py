"""Pages of Party organisations, society branches and postings."""
