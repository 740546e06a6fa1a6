# Notes are printed after the message, also those with several lines.
e = ValueError("main message")
e.add_note("a note")
e.add_note("two\nlines")
e.add_note("")
raise e
