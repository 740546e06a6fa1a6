# Line numbers of a traceback through with and finally.
class Ctx:
    def __enter__(self):
        return self

    def __exit__(self, *args):
        print("exit", args[0].__name__)


def work():
    try:
        with Ctx() as c:
            for i in range(2):
                if i:
                    raise RuntimeError(
                        "in the middle"
                    )
    finally:
        print("finally")


work()
