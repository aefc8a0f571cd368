"""The one builder of the inputs of churn, cut off at a moment."""
