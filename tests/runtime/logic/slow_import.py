"""Hangs while it is imported, as a module does that waits for a service at its top level."""

import time

time.sleep(600)
