"""The register as files: one description of a measure's columns, read and written."""
