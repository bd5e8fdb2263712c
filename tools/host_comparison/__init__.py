"""Compare the stand-in with the host's own code; docs/explanation/host-stand-in.md says how."""
