"""`stage7-plugin batch`: many plugins from one file.

    reading -> check -> workers (install, template) -> images -> fleet files -> report

Nothing is written before the whole file has been checked.
"""
