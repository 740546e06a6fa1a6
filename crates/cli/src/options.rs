//! The command line.

use std::collections::BTreeMap;

use taipan::Program;

use crate::help;

/// What the words of the command line ask for, before the environment is looked at.
#[derive(Default, Debug)]
pub struct Words {
    pub program: Option<Program>,
    /// `sys.argv`.
    pub argv: Vec<Vec<u8>>,
    /// How often each single letter was given.
    counts: BTreeMap<u8, u8>,
    pub warnings: Vec<Vec<u8>>,
    pub x_options: Vec<Vec<u8>>,
    pub check_hash_pycs: Option<&'static str>,
}

/// Why no program is run.
#[derive(Debug, PartialEq)]
pub enum Stop {
    /// Text for standard output; the exit status is 0.
    Say(String),
    /// Text for standard error, above the usage; the exit status is 2.
    Usage(String),
}

impl Words {
    /// How often a letter was given.
    pub fn count(&self, letter: char) -> i64 {
        self.counts.get(&(letter as u8)).map_or(0, |&n| i64::from(n))
    }

    fn raise(&mut self, letter: u8) {
        let count = self.counts.entry(letter).or_default();
        *count = count.saturating_add(1);
    }

    pub fn has(&self, letter: char) -> bool {
        self.count(letter) > 0
    }

    /// The value of the last `-X name=value`; `Some(None)` for `-X name`.
    pub fn x_option(&self, name: &str) -> Option<Option<&[u8]>> {
        self.x_options.iter().rev().find_map(|option| {
            let rest = option.strip_prefix(name.as_bytes())?;
            match rest.split_first() {
                None => Some(None),
                Some((b'=', value)) => Some(Some(value)),
                Some(_) => None,
            }
        })
    }
}

/// Letters of options without a value.
const FLAGS: &[u8] = b"bBdEhiIOPqRsStuvVx?";

fn missing(option: &str) -> Stop {
    Stop::Usage(format!("Argument expected for the {option} option\n"))
}

/// Reads the words of the command line; the first is how the program was called.
pub fn read(all: &[Vec<u8>], version: &str, full_version: &str) -> Result<Words, Stop> {
    let mut words = Words::default();
    let mut rest = all.get(1..).unwrap_or_default().iter();
    let called = all.first().map(|w| String::from_utf8_lossy(w).into_owned()).unwrap_or_default();
    let mut help: Option<String> = None;
    let mut name = Vec::new();
    'words: while let Some(word) = rest.as_slice().first() {
        if !word.starts_with(b"-") || word == b"-" {
            break;
        }
        rest.next();
        if word == b"--" {
            break;
        }
        if let Some(long) = word.strip_prefix(b"--") {
            match long {
                b"help" => help = Some(help::usage_line(&called) + help::OPTIONS),
                b"help-env" => help = Some(help::ENVIRONMENT.to_owned()),
                b"help-xoptions" => help = Some(help::X_OPTIONS.to_owned()),
                b"help-all" => {
                    let all = [&help::usage_line(&called), help::OPTIONS, "\n", help::ENVIRONMENT, "\n"].concat();
                    help = Some(all + help::X_OPTIONS);
                }
                b"version" => words.raise(b'V'),
                b"check-hash-based-pycs" => {
                    words.check_hash_pycs = match rest.next().map(Vec::as_slice) {
                        Some(b"default") => None,
                        Some(b"always") => Some("always"),
                        Some(b"never") => Some("never"),
                        Some(_) => {
                            let text = "--check-hash-based-pycs must be one of 'default', 'always', or 'never'\n";
                            return Err(Stop::Usage(text.to_owned()));
                        }
                        None => {
                            return Err(Stop::Usage(
                                "Argument expected for the --check-hash-based-pycs options\n".to_owned(),
                            ));
                        }
                    };
                }
                _ => return Err(unknown(&String::from_utf8_lossy(word))),
            }
            if help.is_some() {
                break;
            }
            continue;
        }
        let mut letters = &word[1..];
        while let Some((&letter, more)) = letters.split_first() {
            letters = more;
            match letter {
                b'c' | b'm' | b'W' | b'X' => {
                    let value = if letters.is_empty() { rest.next().cloned() } else { Some(letters.to_vec()) };
                    let Some(value) = value else { return Err(missing(&format!("-{}", letter as char))) };
                    match letter {
                        b'W' => words.warnings.push(value),
                        b'X' => words.x_options.push(value),
                        _ => {
                            name = vec![b'-', letter];
                            words.program =
                                Some(if letter == b'c' { Program::Command(value) } else { Program::Module(value) });
                            break 'words;
                        }
                    }
                    break;
                }
                b'h' | b'?' => {
                    help = Some(help::usage_line(&called) + help::OPTIONS);
                    break 'words;
                }
                _ if FLAGS.contains(&letter) => words.raise(letter),
                _ => return Err(unknown(&format!("-{}", letter as char))),
            }
        }
    }
    if let Some(text) = help {
        return Err(Stop::Say(text));
    }
    match words.count('V') {
        0 => {}
        1 => return Err(Stop::Say(format!("Python {version}\n"))),
        _ => return Err(Stop::Say(format!("Python {full_version}\n"))),
    }
    if words.program.is_none() {
        match rest.next() {
            Some(word) => {
                name = word.clone();
                words.program = Some(if word == b"-" { Program::Input } else { Program::File(word.clone()) });
            }
            None => words.program = Some(Program::Input),
        }
    }
    words.argv = std::iter::once(name).chain(rest.cloned()).collect();
    Ok(words)
}

fn unknown(option: &str) -> Stop {
    Stop::Usage(format!("Unknown option: {option}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Result<Words, Stop> {
        let all: Vec<Vec<u8>> =
            std::iter::once("taipan").chain(line.split(' ')).map(|w| w.as_bytes().to_vec()).collect();
        read(&all, "3", "3 x")
    }

    #[test]
    fn letters_may_stand_together_and_values_may_follow_at_once() {
        let w = words("-BOOWerror -Xdev=1 -sc pass -x y").expect("valid");
        assert_eq!((w.count('O'), w.has('B'), w.has('s'), w.has('x')), (2, true, true, false));
        assert_eq!(w.warnings, [b"error"]);
        assert_eq!(w.x_option("dev"), Some(Some(&b"1"[..])));
        assert_eq!(w.argv, [&b"-c"[..], b"-x", b"y"]);
    }

    #[test]
    fn what_ends_without_a_program_says_why() {
        assert_eq!(words("-Z").unwrap_err(), Stop::Usage("Unknown option: -Z\n".to_owned()));
        assert_eq!(words("-c").unwrap_err(), Stop::Usage("Argument expected for the -c option\n".to_owned()));
        assert_eq!(words("-VV").unwrap_err(), Stop::Say("Python 3 x\n".to_owned()));
    }

    #[test]
    fn two_dashes_end_the_options() {
        let w = words("-- file -B").expect("valid");
        assert_eq!((w.has('B'), w.argv.len()), (false, 2));
    }
}
