//! Local time against what CPython on glibc said (`data/record_time.py` records it). One test: the zone is process-wide.

use taipan_host::localtime::{self, Tm};
use taipan_host::strftime::strftime;

#[test]
fn as_recorded() {
    let mut failures = Vec::new();
    let mut zone = String::new();
    for line in include_str!("data/time.txt").lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let number = |n: usize| fields[n].parse::<i64>().unwrap();
        let (got, wanted) = match fields[0] {
            "zone" => {
                zone = fields[1].to_owned();
                taipan_host::env::set(b"TZ", fields[1].as_bytes()).unwrap();
                localtime::tzset();
                continue;
            }
            "summary" => {
                let s = localtime::summary(&localtime::local_zone());
                let [winter, summer] = &s.names;
                let daylight = i32::from(s.daylight);
                (format!("{}\t{}\t{daylight}\t{winter}\t{summer}", s.timezone, s.altzone), fields[1..].join("\t"))
            }
            "local" => {
                let tm = localtime::localtime(number(1)).unwrap();
                let numbers = [tm.year, tm.month, tm.day, tm.hour, tm.minute, tm.second, tm.weekday, tm.yearday];
                let mut text = numbers.map(|n| n.to_string()).join("\t");
                text += &format!("\t{}\t{}\t{}", tm.is_dst, tm.offset, tm.zone.unwrap());
                (text, fields[2..].join("\t"))
            }
            "mktime" => {
                let tm = Tm {
                    year: number(1),
                    month: number(2),
                    day: number(3),
                    hour: number(4),
                    minute: number(5),
                    second: number(6),
                    weekday: 0,
                    yearday: 1,
                    is_dst: number(7) as i32,
                    offset: 0,
                    zone: None,
                };
                let got = localtime::mktime(&tm).map_or("overflow".to_owned(), |time| time.to_string());
                (got, fields[8].to_owned())
            }
            "format" => {
                let tm = localtime::localtime(number(1)).unwrap();
                let text = String::from_utf8(strftime(fields[2].as_bytes(), &tm).unwrap()).unwrap();
                (text.replace('\n', "\\n").replace('\t', "\\t"), fields[3].to_owned())
            }
            other => panic!("unknown record {other}"),
        };
        if got != wanted {
            failures.push(format!("{zone}: {line}\n   got {got}"));
        }
    }
    assert!(failures.is_empty(), "{} differ:\n{}", failures.len(), failures[..failures.len().min(60)].join("\n"));
}
