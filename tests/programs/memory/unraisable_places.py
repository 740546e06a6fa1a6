# What is raised where nothing can be done about it is shown where the program is.
import sys


def stubborn():
    try:
        yield
    except GeneratorExit:
        yield "still here"


def show(unraisable):
    tb = unraisable.exc_traceback
    print(unraisable.exc_type.__name__, unraisable.exc_value, tb and (tb.tb_frame.f_code.co_name, tb.tb_lineno))


sys.unraisablehook = show


def run():
    g = stubborn()
    next(g)
    del g
    g = stubborn()
    next(g)
    g = None


run()
