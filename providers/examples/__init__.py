"""Made-up organisations and listings, to show how the site works and to test it with.

Every name holds an invented word, every address and number is reserved for examples, and every
organisation is marked ``is_example``.
"""

from providers.examples.loading import SEED, Counts, load

__all__ = ["SEED", "Counts", "load"]
