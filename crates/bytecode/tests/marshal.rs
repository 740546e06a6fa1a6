//! Marshal data that CPython wrote (`record.py marshal` renews it), and what must not be believed.
#![forbid(unsafe_code)]

use taipan_bytecode::marshal::{self, Object};
use taipan_bytecode::{Code, Const};

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap()).collect()
}

fn recorded() -> impl Iterator<Item = (Vec<u8>, &'static str)> {
    include_str!("marshal.txt").lines().map(|line| {
        let (data, shown) = line.split_once(' ').unwrap();
        (unhex(data), shown)
    })
}

#[test]
fn values_survive_a_round_trip() {
    for (data, shown) in recorded() {
        let value = marshal::read_object(&data).unwrap_or_else(|e| panic!("{shown}: {e}"));
        let written = marshal::write_object(&value).unwrap();
        assert_eq!(marshal::read_object(&written).unwrap(), value, "{shown}");
    }
}

#[test]
fn values_are_what_python_shows() {
    for (data, shown) in recorded() {
        let Ok(Object::Const(value)) = marshal::read_object(&data) else { continue };
        match value {
            Const::None | Const::True | Const::False | Const::Ellipsis => assert_eq!(value.to_string(), shown),
            Const::Int(n) => assert_eq!(n.to_string(), shown),
            Const::Float(x) => assert_eq!(x, shown.parse::<f64>().unwrap()),
            _ => {}
        }
    }
}

fn code() -> (Vec<u8>, Code) {
    let (data, _) = recorded().find(|(_, shown)| *shown == "code").unwrap();
    let code = marshal::read_code(&data).unwrap();
    (data, Code::clone(&code))
}

#[test]
fn code_objects_are_read() {
    let (_, module) = code();
    let function = module.children().next().unwrap();
    assert_eq!(function.qualname, "f");
    assert_eq!((function.argcount, function.kwonlyargcount), (1, 1));
    let varnames: Vec<String> = function.varnames().map(|name| name.to_string()).collect();
    assert_eq!(varnames, ["a", "c", "b"]);
    let lambda = function.children().next().unwrap();
    assert_eq!(lambda.freevars().map(|name| name.to_string()).collect::<Vec<_>>(), ["a"]);
}

#[test]
fn no_input_is_trusted() {
    let (data, _) = code();
    for len in 0..data.len() {
        assert!(marshal::read_object(&data[..len]).is_err());
    }
    // Whatever a changed byte makes of it, it ends.
    for place in 0..data.len() {
        for change in [0x01, 0x40, 0x80, 0xFF] {
            let mut data = data.clone();
            data[place] ^= change;
            let _ = marshal::read_object(&data);
        }
    }
}

#[test]
fn errors_are_pythons() {
    let error = |data: &[u8]| marshal::read_object(data).unwrap_err().to_string();
    assert_eq!(error(b""), "EOF read where object expected");
    assert_eq!(error(b"i\x01"), "marshal data too short");
    assert_eq!(error(b"Q"), "bad marshal data (unknown type code)");
    assert_eq!(error(b"l\x01\0\0\0\xff\xff"), "bad marshal data (digit out of range in long)");
    assert_eq!(error(b"l\x01\0\0\0\0\0"), "bad marshal data (unnormalized long data)");
    assert_eq!(error(b"l\0\0\0\x80"), "bad marshal data (long size out of range)");
    assert_eq!(error(b"0"), "NULL object in marshal data for object");
    assert_eq!(error(b"(\x01\0\0\x000"), "NULL object in marshal data for tuple");
    assert_eq!(error(b"(\xff\xff\xff\xff"), "bad marshal data (tuple size out of range)");
    assert_eq!(error(b"(\xff\xff\xff\x7f"), "EOF read where object expected");
    assert_eq!(error(b"s\xff\xff\xff\xff"), "bad marshal data (bytes object size out of range)");
    assert_eq!(error(b"r\0\0\0\0"), "bad marshal data (invalid reference)");
    let nested = |depth: usize| [b")\x01".repeat(depth), b"N".to_vec()].concat();
    assert_eq!(error(&nested(2000)), "recursion limit exceeded");
    assert!(marshal::read_object(&nested(1999)).is_ok());
}

#[test]
fn deep_values_are_refused() {
    let nested = |depth: usize| (0..depth).fold(Object::List(vec![]), |inner, _| Object::List(vec![inner]));
    assert!(marshal::write_object(&nested(1999)).is_ok());
    assert_eq!(marshal::write_object(&nested(2000)).unwrap_err().to_string(), "object too deeply nested to marshal");
    let sets = (0..100).fold(Const::frozenset(vec![]), |inner, _| Const::frozenset(vec![inner]));
    assert!(marshal::write_object(&Object::Const(sets)).is_err());
}
