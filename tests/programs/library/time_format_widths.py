# Widths in formats of time: what is longer than Python's buffers comes to nothing, without being made first.
import datetime
import resource
import time

moment = time.gmtime(0)
day = datetime.datetime(2020, 1, 2, 3, 4, 5)
for layout in ("%1023d", "%1024d", "%2047d", "%2048d", "%4000d", "%5Y|%-5d|%_6H", "%2100d" + "x" * 20, "%99999999d",
               "%99999999(k)s", "%99999999%H:%M:%S %j %%", "%99999999F" * 4, "%0*d", "%"):
    for make in (lambda: time.strftime(layout, moment), lambda: day.strftime(layout), lambda: day.date().strftime(layout)):
        try:
            text = make()
            print(layout[:20], len(text), text.strip()[:30])
        except ValueError as e:
            print(layout[:20], e)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 150_000)
