# heapq, bisect, array, graphlib, queue orders.
import heapq, bisect, array
h = [5, 3, 8, 1, 9, 2]
heapq.heapify(h)
print(h, heapq.heappop(h), heapq.heappushpop(h, 0), heapq.heapreplace(h, 7), h)
heapq.heappush(h, 4)
print([heapq.heappop(h) for _ in range(len(h))], heapq.nlargest(2, [1, 5, 3]), heapq.nsmallest(2, "hello", key=ord), list(heapq.merge([1, 4], [2, 3], [0])), list(heapq.merge([4, 1], [3, 2], reverse=True)))
m = [1, 5, 2]
heapq.heapify_max(m); heapq.heappush_max(m, 9)
print(m, heapq.heappop_max(m), m)
try:
    heapq.heappop([])
except IndexError as e:
    print(e)
l = [1, 2, 2, 3]
print(bisect.bisect(l, 2), bisect.bisect_left(l, 2), bisect.bisect_right(l, 5), bisect.bisect([(1, "a"), (2, "b")], 1, key=lambda t: t[0]), bisect.bisect_left(l, 2, 2, 3))
bisect.insort(l, 2.5); bisect.insort_left(l, 0)
print(l)
try:
    bisect.bisect(l, 1, -1)
except ValueError as e:
    print(e)
a = array.array("i", [1, 2, 3])
a.append(4); a.extend([5]); a.insert(0, 0)
print(a, a[1], a[-1], a[1:3], a + a[:1], a * 2, len(a), a.typecode, a.itemsize, a.tolist(), a.index(3), a.count(1), a.pop(), a.tobytes()[:4], 3 in a, a == array.array("b", range(5)), a.buffer_info()[1])
a.remove(0); a.reverse(); a.byteswap(); a.byteswap(); a.frombytes(b"\x07\0\0\0"); a.fromlist([8]); a[0:2] = array.array("i", [100]); del a[-1]
print(a, array.array("w", "héy"), array.array("d", [1.5, 2]), array.array("B", b"ab"), array.array("f", [0.1])[0], array.array("q"), list(array.array("h", [-1])), array.typecodes)
for e in ("array.array('x')", "array.array('b', [200])", "array.array('B', [-1])", "array.array('i', ['a'])", "array.array('i', [1.5])", "array.array('i') + [1]", "array.array('i', [1])[5]", "array.array('i', b'abc')", "array.array('i', [1]).extend(array.array('d'))", "array.array()", "array.array('i').pop()", "array.array('i', [1]).remove(5)", "array.array('w', 5)", "hash(array.array('i'))", "array.array('i', [2**31])", "array.array('I', [-1])", "array.array('d', ['x'])", "array.array('i', 'ab')", "array.array('ii')", "array.array('i').fromlist((1,))"):
    try:
        print(e, "=", eval(e))
    except Exception as err:
        print(e, "->", type(err).__name__ + ":", err)
from graphlib import TopologicalSorter, CycleError
print(list(TopologicalSorter({"d": {"b", "c"}, "b": {"a"}, "c": {"a"}}).static_order())[0], [*TopologicalSorter({1: [2], 2: [3]}).static_order()])
try:
    list(TopologicalSorter({1: [2], 2: [1]}).static_order())
except CycleError as e:
    print(e.args[0], len(e.args[1]))
