"""Dates and times: arithmetic, comparison, formatting, parsing."""
from datetime import date, datetime, time, timedelta, timezone
zone = timezone(timedelta(hours=2))
start = datetime(2024, 2, 28, 23, 30, tzinfo=zone)
step = timedelta(hours=7, minutes=13, seconds=11)
total, stamps = 0, []
now = start
for i in range(60000):
    now += step
    total += now.day + now.weekday() + (now.date() - date(2024, 1, 1)).days + now.timetuple().tm_yday
    stamps.append(now)
    if now.replace(hour=0, minute=0) < start: total += 1
texts = [s.isoformat() for s in stamps[::2]]
total += sum(datetime.fromisoformat(t).minute for t in texts)
total += sum(len(s.strftime("%Y-%m-%d %H:%M:%S %j")) for s in stamps[::4])
total += sum(datetime.strptime(t[:10], "%Y-%m-%d").toordinal() & 7 for t in texts[:4000])
span = max(stamps) - min(stamps)
total += int(span.total_seconds()) + len({s.astimezone(timezone.utc).date() for s in stamps[::3]})
total += sum((time(i % 24, i % 60) > time(12)) for i in range(60000))
print(total, sorted(stamps, reverse=True)[0], span)
