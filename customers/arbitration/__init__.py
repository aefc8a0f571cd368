"""Who brought a customer 判客: claims of agencies and staff, and the decision between them."""
