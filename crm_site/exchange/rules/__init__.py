"""Pure decisions of the import: clean text, dates, numbers, what a column holds, which field it is."""
