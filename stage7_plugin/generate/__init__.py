"""Making a plugin: the command `new`, the hook, the first commit, the image, the next steps."""
