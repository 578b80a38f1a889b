"""From stored rows to what a page prints, and from a POST to what an action takes."""
