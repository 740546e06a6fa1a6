"""xml: a document built, written, parsed, searched and read as a stream, by ElementTree and expat."""
import io
import xml.etree.ElementTree as ET
from xml.parsers import expat
root = ET.Element("catalog", version="1")
for i in range(4000):
    book = ET.SubElement(root, "book", id=str(i), lang="en" if i % 3 else "de")
    ET.SubElement(book, "title").text = f"Title & number <{i}>"
    ET.SubElement(book, "price", currency="EUR").text = str(i * 0.5)
    for k in range(i % 4): ET.SubElement(book, "tag").text = f"tag é{k}"
total = 0
for _ in range(6):
    text = ET.tostring(root, encoding="unicode")
    back = ET.fromstring(text)
    total += len(text) + len(back.findall("book[@lang='de']")) + sum(len(t.text) for t in back.iter("title"))
    total += int(sum(float(b.findtext("price")) for b in back)) + len(back.findall("./book/tag"))
    for event, element in ET.iterparse(io.BytesIO(text.encode()), ("start", "end")):
        if event == "end" and element.tag == "book": total += len(element); element.clear()
    counts = {}
    parser = expat.ParserCreate()
    def start(name, attributes): counts[name] = counts.get(name, 0) + len(attributes)
    def data(chars): counts["chars"] = counts.get("chars", 0) + len(chars)
    parser.StartElementHandler, parser.CharacterDataHandler = start, data
    parser.Parse(text, True)
    total += sum(counts.values())
print(total, counts)
