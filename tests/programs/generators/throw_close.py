# throw, close and exceptions crossing a generator.
def g():
    while True:
        try:
            x = yield "ready"
            print("received", x)
        except ValueError as e:
            print("caught", e)
        except KeyError:
            print("key error, returning")
            return "done"
i = g()
next(i)
print(i.send(1), i.throw(ValueError("v")), i.throw(ValueError))
try:
    i.throw(KeyError("k"))
except StopIteration as e:
    print(e.value)
try:
    i.throw(TypeError("exhausted"))
except TypeError as e:
    print(e)
i = g()
try:
    i.throw(OSError("before start"))
except OSError as e:
    print(e, i.gi_frame)
import warnings
warnings.simplefilter("ignore")
i = g(); next(i)
print(i.throw(ValueError, "text"), i.throw(ValueError, ValueError("inst")), i.throw(ValueError, ("a", "b")))
for args in ((1,), ("s",), (ValueError("x"), 5), (int,), (ValueError, 1, 2), ()):
    i = g(); next(i)
    try:
        print(i.throw(*args))
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)
def ctx():
    try:
        yield 1
    except ValueError:
        raise KeyError("from handler")
i = ctx(); next(i)
try:
    i.throw(ValueError("orig"))
except KeyError as e:
    print(repr(e), repr(e.__context__))
def exc_state():
    try:
        raise ValueError("inside")
    except ValueError:
        import sys
        yield sys.exc_info()[1]
        yield sys.exc_info()[1]
i = exc_state()
print(repr(next(i)))
import sys
print(sys.exc_info())
try:
    raise TypeError("outer")
except TypeError:
    print(repr(next(i)), repr(sys.exc_info()[1]))
def finally_yield():
    try:
        yield 1
    finally:
        yield "from finally"
i = finally_yield(); next(i)
try:
    i.close()
except RuntimeError as e:
    print(e)
def nested():
    try:
        try:
            yield 1
        finally:
            print("inner finally")
    except BaseException as e:
        print("outer", type(e).__name__)
        raise
i = nested(); next(i); i.close()
def retval():
    try:
        yield
    except ZeroDivisionError:
        return 42
i = retval(); next(i)
try:
    i.throw(ZeroDivisionError)
except StopIteration as e:
    print(e.value)
def tb():
    yield
    1 / 0
i = tb(); next(i)
try:
    next(i)
except ZeroDivisionError as e:
    t = e.__traceback__
    print([f"{t.tb_frame.f_code.co_name}", t.tb_next.tb_frame.f_code.co_name, t.tb_next.tb_lineno])
def loop():
    n = 0
    while True:
        try:
            n += (yield n) or 1
        except OverflowError:
            n = 0
i = loop()
print(next(i), next(i), i.send(10), i.throw(OverflowError), next(i))
del i
def deleted():
    try:
        yield
    finally:
        print("deleted generator cleaned up")
i = deleted(); next(i); del i
print("end")
