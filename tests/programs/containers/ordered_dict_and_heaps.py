import re
from _collections import OrderedDict as O
import _heapq as h, _bisect as b
def t(s):
    try:
        r = re.sub("0x[0-9a-f]+", "0x", repr(eval(s)))
    except Exception as e:
        r = f"{type(e).__name__}: {e}"
    print(s, "->", r)
od=O(a=1,b=2,c=3)
class S(O): pass
for s in '''od
list(od), list(reversed(od)), list(od.items()), list(od.values()), od.keys(), od.values(), od.items()
list(reversed(od.items()))
od.move_to_end('a'), od
od.move_to_end('a',last=False), od
od.move_to_end('x')
od.popitem(), od
od.popitem(last=False), od
od.pop('zz')
od.pop('zz',5)
od.pop(key='b',default=3)
od.popitem()
O([(1,2),(3,)])
O([(1,2),(3,4,5)])
O([()])
O(1)
O(1,2)
O().update(1,2)
O().update(1)
O([1])
O.fromkeys('abc',1)
O.fromkeys([1])
S(a=1)
S(a=1).copy()
type(S(a=1).copy())
O(a=1)|{'b':2}
{'b':2}|O(a=1)
O(a=1)|1
O(a=1)==O(a=1)
O([(1,1),(2,2)])==O([(2,2),(1,1)])
O([(1,1),(2,2)])=={2:2,1:1}
O(a=1)<O()
od.__reduce__()
iter(O(a=1)).__reduce__()
O(a=1).setdefault('b')
O(a=1).setdefault('a',3)
hash(O())
O().__dict__
dict(O([(2,1),(1,2)]))
h.heappush(1,2)
h.heappop([])
h.heapreplace([],1)
h.heappushpop([],1)
h.heappop([1,'a',2])
h.heapify([1,'a'])
h.heappush_max([],1)
b.bisect([],1)
b.bisect_left([1,2,3],2), b.bisect_right([1,2,3],2)
b.bisect_left([1,2,3],2,lo=-1)
b.bisect_left(1,2)
b.bisect_left(1,2,0,3)
b.bisect_left([1,2,3],2,1,10)
b.bisect_left([1],'a')
b.insort_left([1],'a')
b.insort_left((1,),1)
b.bisect_left([1,2,3],-2,key=lambda x:-x)
b.bisect_left(range(10),3)
b.bisect_left([1],1,hi='a')
b.bisect_left([1],1,'a')
b.bisect_left([1])
'''.splitlines(): t(s)
od=O.fromkeys('abcdef')
try:
    for k in od: od.move_to_end(k)
except RuntimeError as e: print(e)
try:
    for k in od: od['z']=1
except RuntimeError as e: print(e)
try:
    for k in od: dict.__setitem__(od,'zz',1)
except RuntimeError as e: print(e)
od=O.fromkeys('abcdef')
dict.__delitem__(od,'a')
try: print(od)
except KeyError as e: print('KE',e)

random_ops=[(i*7919)%101 for i in range(5000)]
od=O(); ref={}
for i,x in enumerate(random_ops):
    k=x%37
    if x%5==0:
        a=od.pop(k,None); bb=ref.pop(k,None); assert a==bb
    elif x%5==1 and k in od:
        od.move_to_end(k); v=ref.pop(k); ref[k]=v
    elif x%5==2 and k in od:
        od.move_to_end(k,False); v=ref.pop(k); ref={k:v,**ref}
    else: od[k]=i; ref[k]=i
    assert list(od.items())==list(ref.items()), (i,od,ref)
x=[random_ops[i] for i in range(500)]
h.heapify(x); print([h.heappop(x) for _ in range(len(x))]==sorted(random_ops[:500]))
x=random_ops[:500]
h.heapify_max(x); print([h.heappop_max(x) for _ in range(len(x))]==sorted(random_ops[:500],reverse=True))
