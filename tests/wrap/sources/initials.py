"""reStructuredText style, types in the docstring."""


def initials(name, dots=True, most=None):
    """
    Shorten a name to its initials.

    :param name: The name, as people write it.
    :type name: str
    :param bool dots: Whether a dot follows each.
    :param most: How many at most.
    :type most: int or None
    :returns: The initials.
    :rtype: str
    """
    letters = [word[0].upper() for word in name.split()][:most]
    return "".join(f"{letter}." if dots else letter for letter in letters)
