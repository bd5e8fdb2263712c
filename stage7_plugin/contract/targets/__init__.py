"""What can be checked: a folder, an image, a URL; and, for tests of the suite, a process."""
