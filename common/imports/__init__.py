"""Import of workbooks: upload → check → preview → confirm → roll back within a day.

No domain noun: a room above gives an `Importer` (columns, how a row is judged, written and taken
back) and two concrete models. Nothing is written into the room's own tables before somebody
confirms; confirming and rolling back are one transaction each.
"""
