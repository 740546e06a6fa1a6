def f(x):
    """
    >>> f(1)
    2
    >>> f(2)
    99
    >>> f("a")
    Traceback (most recent call last):
    TypeError: can only concatenate str (not "int") to str
    """
    return x + 1
