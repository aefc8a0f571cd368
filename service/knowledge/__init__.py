"""Articles, missing answers, the page of self-service and what customers expect."""
