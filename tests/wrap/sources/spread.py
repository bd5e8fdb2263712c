"""NumPy style, without type hints."""

import statistics


def spread(values, ddof=1, unit="m"):
    """
    Describe how far values are spread.

    Parameters
    ----------
    values : list[float]
        The values, two or more.
    ddof : int, optional
        What is taken off the count.
    unit : {"m", "km"}, optional
        In which unit they are.

    Returns
    -------
    mean : float
        Their mean.
    deviation : float
        Their standard deviation.

    Examples
    --------
    >>> spread([1.0, 2.0, 3.0])
    (2.0, 1.0)
    """
    mean = statistics.fmean(values)
    variance = sum((value - mean) ** 2 for value in values) / (len(values) - ddof)
    return mean, variance**0.5
