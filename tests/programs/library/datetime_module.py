# datetime: arithmetic, formatting, parsing, zones, errors.
from datetime import *
d = date(2024, 2, 29); dt = datetime(2024, 2, 29, 13, 5, 9, 123456); t = time(1, 2, 3, 4); td = timedelta(days=1, hours=2, minutes=-3, microseconds=5)
print(d, repr(d), dt, repr(dt), t, repr(t), td, repr(td), -td, abs(timedelta(-1)), td * 2.5, td / 2, td // timedelta(hours=1), td % timedelta(hours=5), divmod(td, timedelta(hours=1)), td.total_seconds(), timedelta(weeks=1), timedelta(-1), timedelta(microseconds=-1), timedelta.max, str(timedelta(0)))
print(d + timedelta(1), d - date(2023, 3, 1), dt - timedelta(1.5), dt - datetime(2000, 1, 1), d.weekday(), d.isoweekday(), d.isocalendar(), d.toordinal(), date.fromordinal(738945), d.replace(month=1), d.timetuple()[:8], d.isoformat(), dt.isoformat(" ", "minutes"), dt.date(), dt.time(), datetime.combine(d, t), d.ctime(), dt.ctime(), date.fromisocalendar(2024, 9, 4))
print(dt.strftime("%Y-%m-%d %H:%M:%S.%f %a %A %b %B %j %U %W %p %I %y %% %Z|%z|%G %V %u %D %F %T %e %c %x %X"), d.strftime("%d/%m/%y"), t.strftime("%H.%M"), f"{dt:%d.%m.}", f"{d}", format(d, ""), datetime.strptime("2024-03-05 14:07:08 +0530", "%Y-%m-%d %H:%M:%S %z"), datetime.strptime("5 Mar 24", "%d %b %y"))
for s in ("2024-01-02", "20240102", "2024-W01-2", "2024-01-02T03:04:05", "2024-01-02 03:04:05.678+01:30", "2024-01-02T03:04Z", "2024-13-01", "2024-02-30", "x", "", "2024-01-02T25:00", "2024-01-02T03:04:05,5"):
    for cls in (date, datetime):
        try: print(cls.__name__, s, cls.fromisoformat(s))
        except ValueError as e: print(cls.__name__, s, e)
z = timezone(timedelta(hours=5, minutes=30)); u = datetime(2024, 1, 1, 12, tzinfo=timezone.utc)
print(z, repr(z), timezone(timedelta(hours=-3), "BRT"), u, repr(u), u.astimezone(z), u.utcoffset(), u.tzname(), u.astimezone(z) == u, u.timestamp(), datetime.fromtimestamp(0, timezone.utc), datetime.fromtimestamp(1.5, z), u.utctimetuple()[:5], u - datetime(2024, 1, 1, tzinfo=z), u.isoformat(), time(1, tzinfo=z), UTC is timezone.utc, u.replace(tzinfo=None) < datetime.max)
class TZ(tzinfo):
    def utcoffset(self, dt): return timedelta(hours=2)
    def dst(self, dt): return timedelta(hours=1)
    def tzname(self, dt): return "TZ!"
c = datetime(2024, 1, 1, tzinfo=TZ()); print(c.tzname(), c.dst(), c.strftime("%Z %z"), c.timetuple().tm_isdst, c.astimezone(timezone.utc))
for e in ("date(2024, 2, 30)", "date(0, 1, 1)", "date(10000, 1, 1)", "datetime(2024, 1, 1, 24)", "time(60)", "timedelta(days=10**10)", "d < dt", "d + 5", "dt - d", "dt < u", "date('2024')", "datetime(2024)", "timezone(timedelta(days=2))", "timezone(5)", "datetime.strptime('x', '%Y')", "datetime.strptime('2024 x', '%Y')", "datetime.strptime('1', '%Q')", "timedelta(1) + 1", "timedelta(1) / 0", "date.max + timedelta(1)", "d.replace(day=40)", "datetime.fromtimestamp(1e20)", "date.fromordinal(0)", "time(1).utcoffset()", "datetime.combine(1, 2)", "timedelta('a')", "d.year.x", "setattr(d, 'year', 1)", "date.fromisocalendar(2024, 60, 1)", "time(1) - time(2)", "hash(d) == hash(date(2024, 2, 29))", "d == dt", "d in [dt.date()]", "timedelta(1) > 5", "timedelta(hours=24) == timedelta(1)", "sorted([date(2024, 1, 2), date(2023, 1, 1)])", "max(timedelta(1), timedelta(2))", "sum([timedelta(1)] * 3, timedelta())", "bool(timedelta())", "datetime(2024, 1, 1, fold=1).fold", "date.today() >= d", "datetime.min", "date.resolution", "u.tzinfo"):
    try: print(e, "=", eval(e))
    except Exception as err: print(e, "->", type(err).__name__, err)
import pickle, copy; print(pickle.loads(pickle.dumps(u)) == u, copy.deepcopy(td) == td, copy.replace(d, day=1))
class MyD(date):
    def __str__(self): return "my date"
print(MyD(2024, 1, 1), MyD(2024, 1, 1) + timedelta(1), type(MyD.fromordinal(5)), f"{MyD(2024, 1, 1)}", MyD(2024, 1, 1).isoformat(), type(MyD(2024, 1, 1).replace(day=2)))
import calendar; print(calendar.month(2024, 2), calendar.isleap(1900), calendar.monthrange(2024, 2), calendar.timegm((1970, 1, 2, 0, 0, 0)), calendar.day_name[0], list(calendar.Calendar(6).itermonthdays(2024, 2))[:5])
