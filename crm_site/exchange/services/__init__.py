"""What happens to an import: uploaded, mapped, tried dry, written part by part."""
