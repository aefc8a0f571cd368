"""What can be counted, by what, and how a table of it is put together. Pure."""
