# Dates and times: arithmetic, formatting, parsing, zones, errors.
from datetime import *
import datetime as dm, pickle, copy
def show(f):
    try: print(repr(f()))
    except Exception as e: print(type(e).__name__, e)
d = date(2024, 2, 29); t = time(13, 5, 9, 12); dt = datetime(2024, 2, 29, 13, 5, 9, 12); td = timedelta(days=-1, seconds=5, microseconds=3)
for e in ["d", "t", "dt", "td", "str(d)", "str(t)", "str(dt)", "str(td)", "d.replace(year=2025)", "d.replace(day=28, year=2025)", "d + td", "d - date(2023, 1, 1)", "dt - timedelta(weeks=1, hours=3)", "td * 3", "td / 2", "td // timedelta(hours=1)", "td % timedelta(hours=1)", "divmod(td, timedelta(hours=7))", "-td", "abs(td)", "td.total_seconds()", "timedelta(1.5)", "timedelta(microseconds=0.5)", "timedelta(hours=1e10)", "timedelta.max", "timedelta.resolution", "d.isocalendar()", "d.weekday(), d.isoweekday(), d.toordinal()", "d.timetuple()", "dt.utctimetuple()", "d.strftime('%a %A %b %B %d %j %U %W %y %Y %%')", "dt.strftime('%H:%M:%S.%f %p %I %Z|%z|')", "d.ctime(), dt.ctime()", "dt.isoformat('_'), dt.isoformat(timespec='milliseconds'), t.isoformat('minutes')", "date.fromisoformat('2024-W09-4')", "date.fromisoformat('20240229')", "datetime.fromisoformat('2024-02-29T13:05:09.123456+05:30')", "datetime.fromisoformat('20240229T130509Z')", "time.fromisoformat('T04:05:06.5')", "date.fromisocalendar(2024, 9, 4)", "date.fromordinal(1)", "date.min, date.max, datetime.max, time.min, time.resolution", "datetime.strptime('3 Mar 2021 04:05', '%d %b %Y %H:%M')", "datetime.strptime('2021-060 +0130', '%Y-%j %z')", "datetime.strptime('x', '%Y')", "datetime.strptime('2021 1', '%Y')", "datetime.strptime('31 02 2021', '%d %m %Y')", "date(2024, 13, 1)", "date(2023, 2, 29)", "date(0, 1, 1)", "time(24)", "datetime(2024, 1, 1, 0, 0, 60)", "date('2024')", "date.fromisoformat('2024-2-9')", "date.fromisoformat(5)", "datetime.fromisoformat('2024-13-01')", "d < dt", "d == dt", "dt < d", "t < time(14, tzinfo=timezone.utc)", "dt - dt.replace(tzinfo=timezone.utc)", "dt == dt.replace(tzinfo=timezone.utc)", "d + 1", "d - 'x'", "timedelta(days=10**10)", "date.max + timedelta(1)", "timedelta('a')", "td + 1", "td / 0", "td // 0", "td * 'a'", "timezone(timedelta(hours=25))", "timezone(timedelta(hours=-5, minutes=-30))", "str(timezone(timedelta(hours=5, minutes=30)))", "timezone(timedelta(0), 'X')", "timezone.utc", "timezone(timedelta(0)) is timezone.utc", "dt.replace(tzinfo=timezone.utc).astimezone(timezone(timedelta(hours=-8)))", "dt.replace(tzinfo=timezone.utc).timestamp()", "datetime.fromtimestamp(86400.5, timezone.utc)", "datetime.fromtimestamp(1e20)", "datetime.combine(d, t)", "dt.date(), dt.time(), dt.timetz()", "dt.replace(fold=1)", "hash(td) == hash(timedelta(days=-1, seconds=5, microseconds=3))", "bool(timedelta(0)), bool(td), bool(time(0))", "pickle.loads(pickle.dumps((d, t, dt, td, timezone.utc)))", "copy.deepcopy(dt)", "d.__format__(''), f'{d:%d/%m}', format(dt, '%H')", "dm.UTC, dm.MINYEAR, dm.MAXYEAR", "datetime(1, 1, 1).astimezone", "time(1, 2).replace(hour=5, tzinfo=timezone.utc)", "datetime.strptime('12', '%q')", "datetime(2024, 1, 1, tzinfo=5)", "tzinfo().utcoffset(None)", "date.strptime('2024-01-02', '%Y-%m-%d'), time.strptime('01:02', '%H:%M')", "date.today() <= date.today()", "sorted([date(2024,1,2), date(2023,1,2)])", "timedelta(1) > timedelta(0, 86399)", "timedelta(days=1, hours=-24)", "timedelta(milliseconds=1.0005)", "dt.astimezone(5)", "d.replace(month=0)", "datetime.fromisoformat('2024-01-01T24:00')", "dt.__reduce__()", "td.__reduce__()"]:
    show(lambda: eval(e)) if "astimezone" != e[-10:] else None
class Z(tzinfo):
    def utcoffset(self, dt): return timedelta(hours=1)
    def dst(self, dt): return timedelta(hours=1)
    def tzname(self, dt): return "ZZ"
z = dt.replace(tzinfo=Z())
print(z, z.tzname(), z.dst(), z.strftime("%Z %z"), z.astimezone(timezone.utc), z == dt.replace(tzinfo=timezone.utc), z.utcoffset(), Z().fromutc(dt.replace(tzinfo=None)) if 0 else 0)
class B(tzinfo):
    def utcoffset(self, dt): return 5
show(lambda: dt.replace(tzinfo=B()).utcoffset())
class S(datetime):
    def __new__(cls, *a, **k): return super().__new__(cls, *a, **k)
s = S(2024, 1, 1)
print(type(s + timedelta(1)).__name__, repr(s), type(s.replace(year=3)).__name__, S.fromisoformat("2024-01-01"), type(s.astimezone(timezone.utc)).__name__, type(S.strptime("2024", "%Y")).__name__)
from zoneinfo import ZoneInfo
import zoneinfo
b = ZoneInfo("Europe/Berlin")
for x in (datetime(2024, 3, 31, 1, 59, tzinfo=b), datetime(2024, 3, 31, 3, 0, tzinfo=b), datetime(2024, 10, 27, 2, 30, tzinfo=b), datetime(2024, 10, 27, 2, 30, fold=1, tzinfo=b)): print(x, x.tzname(), x.dst(), x.astimezone(timezone.utc), x.timestamp())
print(b, b.key, ZoneInfo("UTC") is ZoneInfo("UTC"), ZoneInfo.no_cache("UTC") is ZoneInfo("UTC"), pickle.loads(pickle.dumps(b)) is b, len(zoneinfo.available_timezones()) > 300)
show(lambda: ZoneInfo("Nope/Zone")); show(lambda: ZoneInfo("../etc/passwd"))
