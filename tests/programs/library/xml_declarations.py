# Declarations of XML that are none, with characters beyond ASCII where something else should be.
import xml.etree.ElementTree as ET
import xml.parsers.expat as expat

for text in (
    "<?xml version<string>text é</string>?><a/>",
    "<?xml ring>text éversion='1.0'?><a/>",
    "<?xml version é?><a/>",
    "<?xml versioné='1.0'?><a/>",
    "<?xml version=é?><a/>",
    "<?xml version?><a/>",
    "<?xml version='1.0é'?><a/>",
    "<?xml é='1.0'?><a/>",
    "<?xml version='1.0' é?><a/>",
    "<?xml version='1.0' encoding é='utf-8'?><a/>",
    "<?xml version='1.0' encoding='utf-8'?><a é='é'/>",
):
    for parse in ET.fromstring, lambda data: expat.ParserCreate().Parse(data, True):
        try:
            result = parse(text.encode())
            print(ascii(text), getattr(result, "attrib", result))
        except (ET.ParseError, expat.ExpatError) as e:
            print(ascii(text), type(e).__name__, e.code)
