"""A stand-in for the host's CapabilitiesManager: its API, with the host's faults or without them.

What it does was compared with the host's own code; docs/explanation/host-stand-in.md says how.
"""
