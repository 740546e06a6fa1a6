"""A program that has started a process ends as others do: what hooks for forks hold is let go of in order."""

import multiprocessing


def work():
    pass


if __name__ == "__main__":
    process = multiprocessing.Process(target=work)
    process.start()
    process.join()
    print(process.exitcode)
