"""json.dumps and json.loads of mixed data."""
import json
data = {"users": [{"id": i, "name": f"user {i}", "email": f"u{i}@example.org", "active": i % 2 == 0, "score": i * 1.25, "tags": ["a", "b\n", "é"], "parent": None, "nested": {"x": [1, 2, {"y": "z" * (i % 20)}]}} for i in range(900)], "unicode": "日本語 😀" * 50, "numbers": list(range(2000)) + [i / 7 for i in range(1000)]}
total = 0
for i in range(100):
    text = json.dumps(data)
    back = json.loads(text)
    total += len(text) + len(back["users"]) + len(json.dumps(back["users"][:100], indent=2, sort_keys=True, ensure_ascii=False))
print(total, back == data)
