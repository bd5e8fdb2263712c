"""Making plugins around code that exists: `stage7-plugin wrap`, and the batch key `wrap`."""
