"""Writes the syntax tree of a file as JSON, for `-m json.tool`."""
import ast
import json
import sys


def plain(node):
    if isinstance(node, ast.AST):
        return {"_": type(node).__name__, **{name: plain(value) for name, value in ast.iter_fields(node)}}
    if isinstance(node, list):
        return [plain(item) for item in node]
    return node if isinstance(node, (str, int, type(None))) else repr(node)


with open(sys.argv[1], encoding="utf-8") as file:
    json.dump(plain(ast.parse(file.read())), sys.stdout)
