use super::floats::read_complex;
use super::{escape, read_float, read_int, unescape};
use taipan_num::format::{
    self, Directive, DirectiveArguments, DirectiveError, Field, FormatSpec, Kind, Locale, printf_float, printf_int,
    printf_text,
};
use taipan_num::{NumError, Result, never};

struct NoArguments;

impl DirectiveArguments for NoArguments {
    type Error = NumError;

    fn mapping(&mut self) -> Result<()> {
        Ok(())
    }

    fn key(&mut self, _: usize, _: usize) -> Result<()> {
        Ok(())
    }

    fn width(&mut self) -> Result<i64> {
        Ok(0)
    }

    fn precision(&mut self) -> Result<i64> {
        Ok(0)
    }
}

fn text_of(codes: &[u32]) -> String {
    codes.iter().map(|&c| char::from_u32(c).unwrap_or('\u{fffd}')).collect()
}

fn around(field: &Field, text: &[u32]) -> Result<String> {
    let whole = Field { text: text_of(text), ..field.clone() };
    whole.to_text()
}

fn printf(args: &[&str]) -> Result<String> {
    let format = unescape(args[0]);
    let directive = match Directive::parse(format.len(), |i| format[i], 1, false, &mut NoArguments) {
        Ok(directive) => directive,
        Err(DirectiveError::Format(error) | DirectiveError::Arguments(error)) => return Err(error),
    };
    let field = match char::from_u32(directive.code) {
        Some('d' | 'i' | 'u' | 'o' | 'x' | 'X') => printf_int(read_int(args[1]).view(), &directive, 0, &mut never)?,
        Some('e' | 'E' | 'f' | 'F' | 'g' | 'G') if args[1].starts_with("0x") && !args[1].contains('p') => {
            printf_float(1.0, &directive)?
        }
        Some('e' | 'E' | 'f' | 'F' | 'g' | 'G') => printf_float(read_float(args[1]), &directive)?,
        _ => return Err(directive.unsupported()),
    };
    Ok(field.to_text()? + &text_of(&format[directive.end..]))
}

fn text(operation: &str, args: &[&str]) -> Result<String> {
    let spec = unescape(args[0]);
    let parse = |kind| FormatSpec::parse(spec.len(), |i| spec[i], kind);
    match operation {
        "format_int" => {
            let n = read_int(args[1]);
            let spec = parse(Kind::Int)?;
            format::format_int(n.view(), &spec, Kind::Int, &Locale::C, 0, &mut never)?.to_text()
        }
        // An empty specification means str(x), which is not this function's business.
        _ if spec.is_empty() && operation != "format_str" => Ok(String::new()),
        "format_float" => {
            format::format_float(read_float(args[1]), &parse(Kind::Float)?, Kind::Float, &Locale::C)?.to_text()
        }
        "format_complex" => {
            format::format_complex(read_complex(args[1]), &parse(Kind::Complex)?, &Locale::C)?.to_text()
        }
        _ => {
            let value = unescape(args[1]);
            let spec = parse(Kind::Str)?;
            spec.check_str()?;
            let (kept, field) = format::format_str(value.len(), &spec)?;
            around(&field, &value[..kept])
        }
    }
}

pub fn run(operation: &str, args: &[&str]) -> Option<Result<String>> {
    let result = match operation {
        "printf" => printf(args),
        "printf_text" => {
            let (format, value) = (unescape(args[0]), unescape(args[1]));
            let directive = Directive::parse(format.len(), |i| format[i], 1, false, &mut NoArguments).expect("valid");
            let (kept, field) = printf_text(value.len(), &directive);
            around(&field, &value[..kept])
        }
        _ if operation.starts_with("format_") => text(operation, args),
        _ => return None,
    };
    Some(result.map(|text| escape(&text)))
}
