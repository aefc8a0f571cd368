"""Any table through import, inputs and scores, measured on rows the model did not learn from."""
