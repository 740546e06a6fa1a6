# XML: pyexpat, ElementTree, minidom, sax, plistlib.
import xml.etree.ElementTree as ET, xml.dom.minidom as MD, xml.sax, xml.sax.saxutils as SU, xml.sax.handler, io, plistlib, xml.parsers.expat as X, datetime, xml.dom.pulldom as PD
def show(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__, e)
doc = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE r [<!ENTITY e "ent &#65;"><!ATTLIST r dflt CDATA "dv">]>\n<r a="1" xmlns:n="urn:n"><!--c--><c k="&lt;&quot;">t&e;x<n:d/>tail</c><?pi data?><c/>\n é&amp;<![CDATA[<raw>]]></r>'
r = ET.fromstring(doc)
print(ET.tostring(r), [e.tag for e in r.iter()], r.attrib, r[0].text, r[0][0].tail, r.find("c").get("k"), r.findall("c"), r.findtext("zz", "no"), list(r.itertext()), len(r), r.find("{urn:n}d"), r.find(".//n:d", {"n": "urn:n"}).tag)
for s in ("<a>", "<a></b>", "", "<a/><b/>", "<a x='1' x='2'/>", "<a>&nope;</a>", "text", "<a b=c/>", "<a><", "<p:a/>", "<a>\x00</a>", "<a>]]></a>"):
    try: ET.fromstring(s); print("ok", s)
    except ET.ParseError as e: print(repr(s), e, e.code, e.position)
e = ET.Element("root", {"z": "1"}, b="2"); s = ET.SubElement(e, "s"); s.text = "<&>\n\"'"; s.set("q", "a\"b\n<"); e.append(ET.Comment(" com ")); e.append(ET.ProcessingInstruction("t", "x")); ET.indent(e); print(ET.tostring(e, encoding="unicode"), ET.tostring(e, "us-ascii"), ET.tostring(e, method="text"), ET.tostring(ET.Element("br"), method="html"), ET.tostring(e, short_empty_elements=False, encoding="unicode")); ET.dump(e)
print([(ev, getattr(el, "tag", el)) for ev, el in ET.iterparse(io.BytesIO(doc.encode()), ("start", "end", "start-ns", "end-ns", "comment", "pi"))]); p = ET.XMLPullParser(["end"]); p.feed("<a><b>"); print(list(p.read_events())); p.feed("</b>"); print([x[1].tag for x in p.read_events()]); show(lambda: p.close()); print(ET.canonicalize('<a z="1" b="2"><c/></a>'), ET.XML("<a>é</a>").text, ET.fromstring("<a/>".encode("utf-16")).tag, ET.fromstring('<?xml version="1.0" encoding="latin-1"?><a>é</a>'.encode("latin-1")).text, ET.fromstring('<?xml version="1.0" encoding="cp1252"?><a>€</a>'.encode("cp1252")).text); show(lambda: ET.fromstring('<?xml version="1.0" encoding="nope"?><a/>')); show(lambda: ET.fromstring(b'<?xml version="1.0" encoding="nope"?><a/>')); show(lambda: ET.fromstring(5)); show(lambda: ET.tostring(ET.Element(5))); show(lambda: e.remove(s) or e.remove(s)); show(lambda: e.find("[")); print(repr(s), list(s.items()), list(s.keys()), e.iterfind("*"), ET.iselement(e), ET.tostring(ET.fromstring('<a xmlns="d"><b xmlns:x="y" x:c="1"/></a>')))
ET.register_namespace("pre", "urn:n"); print(ET.tostring(r.find("{urn:n}d") or ET.Element("{urn:n}q"))); t = ET.ElementTree(e); o = io.BytesIO(); t.write(o, xml_declaration=True, encoding="utf-8"); print(o.getvalue(), t.getroot() is e)
m = MD.parseString(doc); print(m.documentElement.tagName, m.getElementsByTagName("c")[0].getAttribute("k"), m.documentElement.childNodes, m.doctype.name, m.toxml(), m.documentElement.attributes.items(), m.documentElement.getAttribute("dflt")); d = MD.Document(); el = d.createElement("x"); el.setAttribute("a", "<\"&>"); el.appendChild(d.createTextNode("t<")); d.appendChild(el); print(d.toprettyxml(indent=" "), d.toxml("utf-8"), el.cloneNode(True).toxml()); show(lambda: d.appendChild(d.createElement("y"))); show(lambda: MD.parseString("<a>")); n = MD.parseString('<a xmlns:p="u"><p:b p:c="1"/></a>').getElementsByTagNameNS("u", "b")[0]; print(n.prefix, n.localName, n.namespaceURI, n.getAttributeNS("u", "c"))
class H(xml.sax.ContentHandler):
    def startDocument(s): print("SD")
    def startElement(s, n, a): print("SE", n, dict(a), a.getNames(), s.loc.getLineNumber(), s.loc.getColumnNumber())
    def endElement(s, n): print("EE", n)
    def characters(s, c): print("CH", repr(c))
    def ignorableWhitespace(s, w): print("WS")
    def processingInstruction(s, t, d): print("PI", t, d)
    def setDocumentLocator(s, l): s.loc = l
    def skippedEntity(s, n): print("SK", n)
    def startPrefixMapping(s, p, u): print("PM", p, u)
    def startElementNS(s, n, q, a): print("NS", n, q, dict(a))
    def endDocument(s): print("ED")
xml.sax.parseString(doc.encode(), H()); show(lambda: xml.sax.parseString("<a>", H())); p = xml.sax.make_parser(); p.setFeature(xml.sax.handler.feature_namespaces, True); p.setContentHandler(H()); p.parse(io.StringIO('<a xmlns="u" xmlns:q="v"><q:b q:c="1" d="2"/></a>')); print(p.getFeature(xml.sax.handler.feature_external_ges)); show(lambda: p.setFeature("nope", 1)); print(SU.escape("<a>&"), SU.quoteattr('a"b'), SU.unescape("&lt;&amp;")); g = io.StringIO(); xg = SU.XMLGenerator(g, short_empty_elements=True); xml.sax.parseString(doc.encode(), xg); print(g.getvalue()); print([(ev, n.nodeName) for ev, n in PD.parseString("<a><b>x</b></a>")])
pl = {"s": "<x>", "i": 5, "f": 1.5, "b": True, "d": datetime.datetime(2024, 1, 2, 3, 4, 5), "y": b"\x00\x01" * 40, "l": [1, [2]], "n": {"k": "v"}}; x = plistlib.dumps(pl); print(x.decode()); print(plistlib.loads(x) == pl, plistlib.loads(plistlib.dumps(pl, fmt=plistlib.FMT_BINARY)) == pl); show(lambda: plistlib.loads(b"<plist><dict><key>a</key></dict></plist>")); show(lambda: plistlib.dumps({1: 2})); show(lambda: plistlib.loads(b"junk")); show(lambda: plistlib.dumps(None)); show(lambda: plistlib.loads(b"<plist>&x;</plist>"))
lol = '<!DOCTYPE l [<!ENTITY a "' + "x" * 100 + '">' + "".join(f'<!ENTITY a{i} "' + f"&a{i - 1 if i else ''};" * 10 + '">' for i in range(9)).replace("&a-1;", "&a;") + "]><l>&a8;</l>"; show(lambda: len(ET.fromstring(lol).text))
px = X.ParserCreate(); px.buffer_text = True; out = []; px.CharacterDataHandler = out.append; px.StartElementHandler = lambda n, a: out.append((n, a, px.CurrentLineNumber, px.CurrentColumnNumber, px.CurrentByteIndex)); px.Parse("<a>x\ny", False); px.Parse("z<b q='é'/>w</a>", True); print(out, px.ErrorCode, X.ErrorString(4), X.errors.XML_ERROR_SYNTAX, X.errors.codes[X.errors.XML_ERROR_SYNTAX], X.model.XML_CTYPE_SEQ); px = X.ParserCreate(namespace_separator="|"); px.namespace_prefixes = True; px.ordered_attributes = 1; px.StartElementHandler = lambda *a: print(a); px.Parse('<a xmlns:n="u"><n:b n:c="1" d="2"/></a>', 1)
ext = X.ParserCreate(); ext.SetParamEntityParsing(X.XML_PARAM_ENTITY_PARSING_ALWAYS)
def ref(ctx, base, sys_, pub):
    print("ext", ctx, base, sys_, pub); sub = ext.ExternalEntityParserCreate(ctx); sub.Parse('<!ENTITY z "zed">' if ctx is None else "in <i>file</i>", True); return 1
ext.ExternalEntityRefHandler = ref; ext.CharacterDataHandler = lambda d: print("cd", d); ext.StartElementHandler = lambda n, a: print("st", n); ext.Parse('<!DOCTYPE a SYSTEM "x.dtd" [<!ENTITY f SYSTEM "file.xml">]><a>&f;&z;</a>', True)
