"""Judges that we did not write: for accessibility, HTML, feeds, site maps and what pages say of
themselves to machines."""
