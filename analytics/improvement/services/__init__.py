"""Writing programmes, items, appraisals and rewards."""
