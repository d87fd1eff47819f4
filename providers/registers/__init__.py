"""Public registers: reading one by a declared mapping, and keeping the list in step with it."""
