"""What the host does with a plugin: its engine, health polling, requests, one run."""
