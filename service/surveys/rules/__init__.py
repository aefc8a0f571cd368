"""The pure rules of surveys: scales, figures, models, links, samples."""
