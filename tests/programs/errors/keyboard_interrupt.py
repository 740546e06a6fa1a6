# KeyboardInterrupt raised and uncaught: exit by the signal.
def wait():
    raise KeyboardInterrupt
wait()
