//! Services, protocols and interfaces by name and number. The C library's databases have no safe wrapper, so the local
//! files are read.

use crate::Result;

/// The fields of each line of a file, without comments.
fn lines(path: &[u8]) -> Vec<Vec<String>> {
    let text = crate::fs::read_file(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let without_comment = |line: &str| line.split('#').next().unwrap_or_default().to_owned();
    let fields = |line: String| line.split_ascii_whitespace().map(str::to_owned).collect::<Vec<_>>();
    text.lines().map(without_comment).map(fields).filter(|fields| fields.len() >= 2).collect()
}

fn services() -> impl Iterator<Item = (Vec<String>, u16, String)> {
    lines(b"/etc/services").into_iter().filter_map(|mut fields| {
        let (port, protocol) = fields.remove(1).split_once('/').map(|(p, n)| (p.parse(), n.to_owned()))?;
        Some((fields, port.ok()?, protocol))
    })
}

/// The port of a service.
pub fn service_port(name: &str, protocol: Option<&str>) -> Option<u16> {
    let fits = |p: &str| protocol.is_none_or(|wanted| wanted == p);
    services().find(|(names, _, p)| fits(p) && names.iter().any(|n| n == name)).map(|(_, port, _)| port)
}

/// The service of a port.
pub fn service_name(port: u16, protocol: Option<&str>) -> Option<String> {
    let fits = |p: &str| protocol.is_none_or(|wanted| wanted == p);
    services().find(|(_, p, n)| *p == port && fits(n)).map(|(names, ..)| names[0].clone())
}

/// The number of a protocol.
pub fn protocol_number(name: &str) -> Option<i32> {
    let named = |fields: &Vec<String>| fields.iter().enumerate().any(|(place, field)| place != 1 && field == name);
    lines(b"/etc/protocols").into_iter().find(named)?[1].parse().ok()
}

/// Every network interface with its number, by number.
pub fn interfaces() -> Result<Vec<(u32, Vec<u8>)>> {
    let mut found = Vec::new();
    for name in crate::dir::listdir(b"/sys/class/net")? {
        let path = [b"/sys/class/net/", &name[..], b"/ifindex"].concat();
        let Ok(text) = crate::fs::read_file(&path) else { continue };
        if let Some(index) = std::str::from_utf8(&text).ok().and_then(|text| text.trim().parse().ok()) {
            found.push((index, name));
        }
    }
    found.sort();
    Ok(found)
}
