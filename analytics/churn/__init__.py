"""Who may leave: features, labels, scores."""
