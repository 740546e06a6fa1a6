//! Modes that make an interpreter do rarely needed things all the time, so that ordinary tests reach them: `-X stress`.

/// What is stressed; the default is nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stress {
    /// When instructions specialise themselves.
    pub specialize: Specialize,
    /// A collection of all generations after every so many new containers.
    pub collect_every: Option<u32>,
    /// The heap is validated after each collection.
    pub check: bool,
    /// Freed memory is overwritten and looked at before it is used again.
    pub poison: bool,
    /// The allocation of an object or of a container's memory that fails, counted from the program's start.
    pub fail: Option<u32>,
}

/// When instructions specialise themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Specialize {
    /// Once they are warm.
    #[default]
    Warm,
    /// When they are first executed, and anew at every miss.
    Eager,
    /// Not at all.
    Never,
}

impl Stress {
    /// Reads `nospec`, `eager`, `gc`, `gc:N`, `check`, `poison` and `fail:N`, separated by commas. `None` if there is
    /// anything else.
    pub fn parse(words: &str) -> Option<Stress> {
        let mut stress = Stress::default();
        for word in words.split(',').filter(|word| !word.is_empty()) {
            match word {
                "nospec" => stress.specialize = Specialize::Never,
                "eager" => stress.specialize = Specialize::Eager,
                "gc" => stress.collect_every = Some(1),
                "check" => stress.check = true,
                "poison" => stress.poison = true,
                _ => {
                    let (word, number) = word.split_once(':')?;
                    let number = Some(number.parse().ok().filter(|n| *n > 0)?);
                    match word {
                        "gc" => stress.collect_every = number,
                        "fail" => stress.fail = number,
                        _ => return None,
                    }
                }
            }
        }
        Some(stress)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read() {
        assert_eq!(Stress::parse(""), Some(Stress::default()));
        let both = Stress { specialize: Specialize::Eager, collect_every: Some(7), ..Stress::default() };
        assert_eq!(Stress::parse("eager,gc:7"), Some(both));
        assert_eq!(Stress::parse("nospec").map(|s| s.specialize), Some(Specialize::Never));
        assert_eq!(Stress::parse("gc").and_then(|s| s.collect_every), Some(1));
        assert_eq!(Stress::parse("gc:0"), None);
        let memory = Stress { check: true, poison: true, fail: Some(9), ..Stress::default() };
        assert_eq!(Stress::parse("check,fail:9,poison"), Some(memory));
        assert_eq!(Stress::parse("fail"), None);
        assert_eq!(Stress::parse("often"), None);
    }
}
