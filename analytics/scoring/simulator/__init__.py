"""A company whose law of loss is known: the bench on which the engine is measured (design 5)."""
