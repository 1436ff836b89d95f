"""How a guard is put together from its layers, and from what the keeper fetches for them."""
