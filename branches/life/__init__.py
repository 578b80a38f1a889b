"""Organisation life: who files and returns a record, what one must say, what pages show of it."""
