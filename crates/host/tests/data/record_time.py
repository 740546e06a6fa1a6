"""Writes time.txt: what CPython on glibc says of local time. Run with the reference interpreter: python3.14 record_time.py > time.txt"""
import os, time

def use(tz):
    os.environ["TZ"] = tz
    time.tzset()
    print("zone", tz, sep="\t")

ZONES = ["EST5EDT4,M3.2.0,M11.1.0", "Foo/Bar", "XYZ", "AB3", "EST+05EDT,M4.1.0,M10.5.0", "AEST-10AEDT-11,M10.5.0,M3.5.0",
         "<+0330>-3:30", "garbage1,2", "UTC0", "ABC5DEF,M3.2.0,M11.1.0", "EST5EDT4,J60/2,300/1:30",
         "NZST-12NZDT,M9.5.0,M4.1.0/3", "ABC1:30:15", "ABC99", "abc5defgh,M3.2.0", "A-3", "<A>3", "IST-1GMT0,M10.5.0,M3.5.0/1",
         "ABC-4:30:99DEF+3:70,M2.5.6/-3:30,J365/30", "XXX-2<+03>-3,0/0,J365/25", "ABC3 DEF", ":UTC0", "UTC-25",
         "America/New_York", "Europe/London", "Europe/Dublin", "Australia/Lord_Howe", "Asia/Kolkata", 
         "America/Sao_Paulo", "Pacific/Apia", "/usr/share/zoneinfo/Asia/Tokyo", ":Europe/Berlin"]
for tz in ZONES:
    use(tz)
    print("summary", time.timezone, time.altzone, time.daylight, *time.tzname, sep="\t")
    for t in [*range(-5_000_000_000, 9_000_000_000, 777_777_777), *range(1_700_000_000, 1_735_000_000, 3_333_333), 0, 1711846799, 1711846800]:
        l = time.localtime(t)
        print("local", t, *l[:9], l.tm_gmtoff, l.tm_zone, sep="\t")

TIMES = [(2023, 11, 5, 1, 30, 0), (2023, 3, 12, 2, 30, 0), (2023, 7, 1, 0, 0, 0), (2023, 1, 1, 0, 0, 0), (2023, 14, 40, -5, 70, -99),
         (1900, 1, 1, 0, 0, 0), (2100, 7, 1, 0, 0, 0), (2024, 3, 31, 1, 30, 0), (2024, 10, 27, 1, 30, 0), (2024, 4, 7, 1, 45, 0),
         (2024, 2, 30, 25, 61, 61), (1969, 12, 31, 23, 59, 58), (3000, 5, 5, 5, 5, 5), (2011, 12, 30, 12, 0, 0)]
for tz in ["America/New_York", "Europe/London", "UTC0", "Australia/Lord_Howe", "Asia/Kolkata", "EST5EDT4,M3.2.0,M11.1.0"]:
    use(tz)
    for dst in (-1, 0, 1):
        for t in TIMES:
            try:
                print("mktime", *t, dst, int(time.mktime((*t, 0, 0, dst))), sep="\t")
            except OverflowError:
                print("mktime", *t, dst, "overflow", sep="\t")

use("America/New_York")
FORMATS = [f"%{m}{c}" for c in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ%+:@" for m in ("", "E", "O", "#", "^", "-", "_", "0", "7", "_7", "-7", "07", "^12", "#012")]
FORMATS += ["", "%", "plain", "%-", "%12", "%E", "%_^#-0", "%5%", "%^#p", "%#^Z", "%^P", "%#P", "%%%d%%", "a%Yb%mc", "%^c", "%^30c", "%-30c", "%030c", "%+5Y", "%100d", "%^x|%#x|%^r"]
for t in [1700000005, 1720000000, -70000000000]:
    l = time.localtime(t)
    for f in FORMATS:
        print("format", t, f, time.strftime(f, l).replace("\n", "\\n").replace("\t", "\\t"), sep="\t")
for t in range(1072915200 - 86400 * 5, 1072915200 + 86400 * 3000, 86400 * 13 + 5000):
    print("format", t, "%G %g %V %U %W %u %w %j", time.strftime("%G %g %V %U %W %u %w %j", time.localtime(t)), sep="\t")
