"""A dashboard as a file: what it says, on paper and as a workbook."""
