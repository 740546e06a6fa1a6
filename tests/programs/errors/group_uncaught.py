# An uncaught exception group is printed as a tree.
def task(n):
    if n == 1:
        raise ValueError(f"task {n}")
    if n == 2:
        try:
            {}["k"]
        except KeyError as e:
            raise TypeError("nested cause") from e


def run():
    errors = []
    for n in range(3):
        try:
            task(n)
        except Exception as e:
            e.add_note(f"in task {n}")
            errors.append(e)
    raise ExceptionGroup("tasks failed", errors + [ExceptionGroup("inner", [OSError(2, "No such file", "x.txt"), KeyError("q")])])


run()
