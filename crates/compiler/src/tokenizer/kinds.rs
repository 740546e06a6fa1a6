//! Kinds of token. The first 69 have the numbers of the `token` module; the keywords follow.

macro_rules! kinds {
    ($($name:ident $text:literal)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Tok { $($name),* }

        impl Tok {
            /// What the token looks like: the text of operators and keywords, a description of the others.
            pub const fn text(self) -> &'static str {
                match self { $(Tok::$name => $text),* }
            }
        }
    };
}

kinds! {
    EndMarker "end of input" Name "name" Number "number" String "string" Newline "newline" Indent "indent"
    Dedent "dedent" LPar "(" RPar ")" LSqb "[" RSqb "]" Colon ":" Comma "," Semi ";" Plus "+" Minus "-" Star "*"
    Slash "/" VBar "|" Amper "&" Less "<" Greater ">" Equal "=" Dot "." Percent "%" LBrace "{" RBrace "}"
    EqEqual "==" NotEqual "!=" LessEqual "<=" GreaterEqual ">=" Tilde "~" Circumflex "^" LeftShift "<<"
    RightShift ">>" DoubleStar "**" PlusEqual "+=" MinEqual "-=" StarEqual "*=" SlashEqual "/=" PercentEqual "%="
    AmperEqual "&=" VBarEqual "|=" CircumflexEqual "^=" LeftShiftEqual "<<=" RightShiftEqual ">>="
    DoubleStarEqual "**=" DoubleSlash "//" DoubleSlashEqual "//=" At "@" AtEqual "@=" RArrow "->" Ellipsis "..."
    ColonEqual ":=" Exclamation "!" Op "operator" TypeIgnore "type ignore" TypeComment "type comment"
    SoftKeyword "soft keyword" FStringStart "f-string start" FStringMiddle "f-string middle" FStringEnd "f-string end"
    TStringStart "t-string start" TStringMiddle "t-string middle" TStringEnd "t-string end" Comment "comment" Nl "nl"
    ErrorToken "error" Encoding "encoding"
    False "False" None "None" True "True" And "and" As "as" Assert "assert" Async "async" Await "await" Break "break"
    Class "class" Continue "continue" Def "def" Del "del" Elif "elif" Else "else" Except "except" Finally "finally"
    For "for" From "from" Global "global" If "if" Import "import" In "in" Is "is" Lambda "lambda"
    Nonlocal "nonlocal" Not "not" Or "or" Pass "pass" Raise "raise" Return "return" Try "try" While "while"
    With "with" Yield "yield"
}

impl Tok {
    pub const fn is_keyword(self) -> bool {
        self as u8 >= Tok::False as u8
    }

    /// The keyword that `word` is, or `Name`.
    pub fn of_word(word: &[u8]) -> Tok {
        if word.len() < 2 || word.len() > 8 {
            return Tok::Name;
        }
        match word {
            b"False" => Tok::False,
            b"None" => Tok::None,
            b"True" => Tok::True,
            b"and" => Tok::And,
            b"as" => Tok::As,
            b"assert" => Tok::Assert,
            b"async" => Tok::Async,
            b"await" => Tok::Await,
            b"break" => Tok::Break,
            b"class" => Tok::Class,
            b"continue" => Tok::Continue,
            b"def" => Tok::Def,
            b"del" => Tok::Del,
            b"elif" => Tok::Elif,
            b"else" => Tok::Else,
            b"except" => Tok::Except,
            b"finally" => Tok::Finally,
            b"for" => Tok::For,
            b"from" => Tok::From,
            b"global" => Tok::Global,
            b"if" => Tok::If,
            b"import" => Tok::Import,
            b"in" => Tok::In,
            b"is" => Tok::Is,
            b"lambda" => Tok::Lambda,
            b"nonlocal" => Tok::Nonlocal,
            b"not" => Tok::Not,
            b"or" => Tok::Or,
            b"pass" => Tok::Pass,
            b"raise" => Tok::Raise,
            b"return" => Tok::Return,
            b"try" => Tok::Try,
            b"while" => Tok::While,
            b"with" => Tok::With,
            b"yield" => Tok::Yield,
            _ => Tok::Name,
        }
    }

    pub const fn one_char(c: u8) -> Tok {
        match c {
            b'!' => Tok::Exclamation,
            b'%' => Tok::Percent,
            b'&' => Tok::Amper,
            b'(' => Tok::LPar,
            b')' => Tok::RPar,
            b'*' => Tok::Star,
            b'+' => Tok::Plus,
            b',' => Tok::Comma,
            b'-' => Tok::Minus,
            b'.' => Tok::Dot,
            b'/' => Tok::Slash,
            b':' => Tok::Colon,
            b';' => Tok::Semi,
            b'<' => Tok::Less,
            b'=' => Tok::Equal,
            b'>' => Tok::Greater,
            b'@' => Tok::At,
            b'[' => Tok::LSqb,
            b']' => Tok::RSqb,
            b'^' => Tok::Circumflex,
            b'{' => Tok::LBrace,
            b'|' => Tok::VBar,
            b'}' => Tok::RBrace,
            b'~' => Tok::Tilde,
            _ => Tok::Op,
        }
    }

    pub const fn two_chars(a: u8, b: u8) -> Option<Tok> {
        Some(match (a, b) {
            (b'!', b'=') => Tok::NotEqual,
            (b'%', b'=') => Tok::PercentEqual,
            (b'&', b'=') => Tok::AmperEqual,
            (b'*', b'*') => Tok::DoubleStar,
            (b'*', b'=') => Tok::StarEqual,
            (b'+', b'=') => Tok::PlusEqual,
            (b'-', b'=') => Tok::MinEqual,
            (b'-', b'>') => Tok::RArrow,
            (b'/', b'/') => Tok::DoubleSlash,
            (b'/', b'=') => Tok::SlashEqual,
            (b':', b'=') => Tok::ColonEqual,
            (b'<', b'<') => Tok::LeftShift,
            (b'<', b'=') => Tok::LessEqual,
            (b'=', b'=') => Tok::EqEqual,
            (b'>', b'=') => Tok::GreaterEqual,
            (b'>', b'>') => Tok::RightShift,
            (b'@', b'=') => Tok::AtEqual,
            (b'^', b'=') => Tok::CircumflexEqual,
            (b'|', b'=') => Tok::VBarEqual,
            _ => return None,
        })
    }

    pub const fn three_chars(two: Tok, c: u8) -> Option<Tok> {
        Some(match (two, c) {
            (Tok::DoubleStar, b'=') => Tok::DoubleStarEqual,
            (Tok::DoubleSlash, b'=') => Tok::DoubleSlashEqual,
            (Tok::LeftShift, b'=') => Tok::LeftShiftEqual,
            (Tok::RightShift, b'=') => Tok::RightShiftEqual,
            _ => return None,
        })
    }

    /// STRING and the pieces of f- and t-strings: their start is reckoned from the line on which they begin.
    pub const fn is_string_part(self) -> bool {
        matches!(
            self,
            Tok::String
                | Tok::FStringStart
                | Tok::FStringMiddle
                | Tok::FStringEnd
                | Tok::TStringStart
                | Tok::TStringMiddle
                | Tok::TStringEnd
        )
    }
}
