"""Pure decisions of the import: clean text, dates, amounts, what a column holds and means."""
