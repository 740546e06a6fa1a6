# Frames of class bodies, comprehensions, lambdas, generators and decorators.
def deco(f):
    def wrapper(*args):
        return f(*args)
    return wrapper


@deco
def total(items):
    return sum(weigh(i) for i in items)


def weigh(item):
    return (lambda x: x["w"])(item)


class Body:
    values = [total([{"w": 1}, {}]) for _ in range(1)]
