"""The register of input formats: a file becomes rows that know where they stood."""
