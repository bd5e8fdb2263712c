"""Reading Python that is wrapped, without importing it: places, signatures, hints, imports."""
