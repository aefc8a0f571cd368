"""The import of a unit list: what its cells mean, what it writes, how it is taken back."""
