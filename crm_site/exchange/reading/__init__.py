"""A table out of an uploaded file: CSV in UTF-8, UTF-16 or GB18030, or a workbook (xlsx)."""
