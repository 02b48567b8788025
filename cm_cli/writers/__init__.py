"""The register of output formats: a document becomes bytes."""
