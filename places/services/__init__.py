"""Writes to places: the built-in figures, and the files of ONS."""

from places.services.builtin import BuiltinLoaded, load_builtin
from places.services.load import LoadReport, load_places
from places.services.refused import LoadRefused

__all__ = ["BuiltinLoaded", "LoadRefused", "LoadReport", "load_builtin", "load_places"]
