"""Commands of the service desk."""
