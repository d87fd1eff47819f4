"""How fast the provider list is, beside what else could be used, and whether it counts right."""
