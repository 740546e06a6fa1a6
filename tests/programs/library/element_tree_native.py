"""Elements, builders and parsers of XML."""
import copy
import pickle
import xml.etree.ElementTree as ET


def attempt(f, *args, **kw):
    try:
        print("->", f(*args, **kw))
    except Exception as e:
        print(type(e).__name__, e)


root = ET.fromstring('<a x="1" xmlns:n="urn:n">head<b>one</b>tail<n:c k="v"/><!--note--><?go on?><b>two &amp; three</b></a>')
print(ET.tostring(root), len(root), root.attrib, [e.tag for e in root])
print(list(root.itertext()), root.findtext("b"), root.find("{urn:n}c").attrib, len(root.findall(".//b[2]")))
print([e.text for e in root.iter("b")], root.get("x"), root.get("y", 5), root.items(), root.keys())
child = ET.SubElement(root, "d", {"p": "q"}, r="s")
root.insert(0, ET.Element("first"))
root[1:3] = [ET.Element("mid")]
del root[-1]
print(ET.tostring(root), child.items())
print(ET.tostring(copy.deepcopy(root)) == ET.tostring(root), ET.tostring(pickle.loads(pickle.dumps(root))) == ET.tostring(root))
root.remove(root[0])
attempt(root.remove, ET.Element("nobody"))
attempt(lambda: root[50])
attempt(root.append, 5)
attempt(ET.Element, "a", 5)
attempt(lambda: setattr(root, "attrib", 1))
for bad in ("<a>", "<a></b>", "<a>&undefined;</a>", "text", "<a b=c/>", "<a/><b/>", ""):
    try:
        ET.fromstring(bad)
    except ET.ParseError as e:
        print(e, e.code, e.position)
parser = ET.XMLPullParser(["start", "end", "comment", "pi", "start-ns", "end-ns"])
for piece in ('<r xmlns="u"><i', '>text</i><!--', 'c--><?p d?>', "</r>"):
    parser.feed(piece)
    parser.flush()
print([(event, getattr(e, "tag", e) if not callable(getattr(e, "tag", None)) else e.text) for event, e in parser.read_events()])


class Target:
    def __init__(self):
        self.events = []

    def start(self, tag, attrib):
        self.events.append(("start", tag, attrib))

    def end(self, tag):
        self.events.append(("end", tag))

    def data(self, text):
        self.events.append(("data", text))

    def doctype(self, *args):
        self.events.append(("doctype", args))

    def close(self):
        return self.events


parser = ET.XMLParser(target=Target())
parser.feed('<!DOCTYPE a SYSTEM "a.dtd"><a k="v">x<b/>y</a>')
print(parser.close())
builder = ET.TreeBuilder(insert_comments=True, insert_pis=True)
builder.start("r", {})
builder.data("one")
builder.comment("c")
builder.data("two")
builder.pi("t", "d")
builder.end("r")
print(ET.tostring(builder.close()))
parser = ET.XMLParser()
parser.entity["known"] = "found"
parser.feed('<!DOCTYPE a SYSTEM "a.dtd"><a>&known;</a>')
print(parser.close().text)
bomb = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + "".join(
    '<!ENTITY %s "%s">' % (chr(98 + i), ("&" + chr(97 + i) + ";") * 10) for i in range(9)) + "]><a>&j;</a>"
try:
    ET.fromstring(bomb)
except ET.ParseError as e:
    print(str(e).partition(":")[0])
deep = ET.fromstring("<a>" * 20000 + "</a>" * 20000)
print(sum(1 for _ in deep.iter()))
