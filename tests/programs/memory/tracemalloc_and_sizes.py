# tracemalloc: tracing, snapshots, differences, limits.
import tracemalloc, sys
print(tracemalloc.is_tracing(), tracemalloc.get_traced_memory())
tracemalloc.start(5)
a = [bytes(1000) for _ in range(100)]
now, peak = tracemalloc.get_traced_memory()
print(now > 100000, peak >= now, tracemalloc.get_traceback_limit(), tracemalloc.is_tracing())
s1 = tracemalloc.take_snapshot()
b = [bytearray(2000) for _ in range(200)]
s2 = tracemalloc.take_snapshot()
top = s2.compare_to(s1, "lineno")[0]
print(top.size_diff > 400000, top.count_diff >= 200, top.traceback[0].lineno, top.traceback[0].filename.endswith("tracemalloc_and_sizes.py"))
stats = s2.filter_traces([tracemalloc.Filter(True, "*tracemalloc_and_sizes.py")]).statistics("filename")
print(len(stats), stats[0].size > 500000)
tb = tracemalloc.get_object_traceback(b[0]); print(tb[0].lineno if tb else None)
tracemalloc.clear_traces(); tracemalloc.reset_peak(); print(tracemalloc.get_traced_memory()[0] < 100000)
tracemalloc.stop(); print(tracemalloc.is_tracing())
try: tracemalloc.take_snapshot()
except RuntimeError as e: print(e)
try: tracemalloc.start(0)
except ValueError as e: print(e)
