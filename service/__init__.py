"""Call desk, inquiries, complaints, repairs, surveys and owner care; stands on customers."""
