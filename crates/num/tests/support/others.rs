use super::{read_int, show_float, show_int};
use taipan_num::random::Mersenne;
use taipan_num::{IntBuf, Result, int, pack};

pub fn read_bytes(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).expect("a byte")).collect()
}

pub fn show_bytes(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn mersenne(args: &[&str]) -> Result<String> {
    let seed = int::absolute(read_int(args[0]).view())?;
    let mut generator = Mersenne::from_int(seed.view());
    let mut out = vec![show_float(generator.random())];
    for bits in args[1].split(' ').filter(|b| !b.is_empty()) {
        let bits = read_int(bits).view().to_u64().expect("a size");
        out.push(show_int(&generator.random_bits(bits)?));
    }
    out.push(show_float(generator.random()));
    let (words, index) = generator.state();
    let sum = words.iter().fold(index as u32, |sum, &w| sum.wrapping_add(w));
    let mut copy = Mersenne::from_state(words, index).expect("a state");
    out.extend([sum.to_string(), index.to_string(), show_float(copy.random())]);
    Ok(out.join(" "))
}

pub fn run(operation: &str, args: &[&str]) -> Option<Result<String>> {
    let flag = |i: usize| args[i] == "True";
    match operation {
        "mersenne" => Some(mersenne(args)),
        "pack" => {
            let bits = u64::from_be_bytes(read_bytes(args[1]).try_into().expect("eight bytes"));
            let x = f64::from_bits(bits);
            Some(match args[0] {
                "e" => pack::to_half(x).map(|h| show_bytes(&h.to_be_bytes())),
                "f" => pack::to_single(x).map(|h| show_bytes(&h.to_be_bytes())),
                _ => Ok(show_bytes(&x.to_bits().to_be_bytes())),
            })
        }
        "unpack" => {
            let bytes = read_bytes(args[1]);
            let x = match args[0] {
                "e" => pack::from_half(u16::from_be_bytes(bytes.try_into().expect("two bytes"))),
                "f" => pack::from_single(u32::from_be_bytes(bytes.try_into().expect("four bytes"))),
                _ => f64::from_bits(u64::from_be_bytes(bytes.try_into().expect("eight bytes"))),
            };
            Some(Ok(show_bytes(&x.to_bits().to_be_bytes())))
        }
        "putint" => {
            let mut out = vec![0; read_int(args[1]).view().to_u64().expect("a size") as usize];
            let done = pack::put_int(read_int(args[0]).view(), &mut out, flag(2), flag(3));
            Some(Ok(if done { show_bytes(&out) } else { "None".to_owned() }))
        }
        "getint" => {
            let n = pack::get_int(&read_bytes(args[0]), flag(1), flag(2));
            Some(Ok(show_int(&IntBuf::from_i128(n))))
        }
        _ => None,
    }
}
