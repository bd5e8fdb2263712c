"""A specification as text: filters, escaping, the stub of the code, provenance."""
