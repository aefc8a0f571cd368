"""A believable company for trying the product out; nothing here runs in production."""
