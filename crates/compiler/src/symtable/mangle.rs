//! Private names: `__name` inside `class Class` stands for `_Class__name`.

use crate::ast::Ident;

/// The name that `name` stands for when the innermost class is `private`.
pub fn mangle(private: Option<&str>, name: &Ident) -> Ident {
    let Some(private) = private else { return name.clone() };
    // Names such as `__id__` are not private, nor are the dotted names of import statements.
    if !name.starts_with("__") || name.ends_with("__") || name.contains('.') {
        return name.clone();
    }
    match private.trim_start_matches('_') {
        "" => name.clone(),
        class => Ident::from(format!("_{class}{}", name.as_str())),
    }
}

#[cfg(test)]
mod tests {
    use super::mangle;
    use crate::ast::Ident;

    #[test]
    fn only_private_names_change() {
        let cases = [
            (Some("C"), "__x", "_C__x"),
            (Some("__C_"), "__x", "_C___x"),
            (Some("___"), "__x", "__x"),
            (Some("C"), "__x__", "__x__"),
            (Some("C"), "_x", "_x"),
            (Some("C"), "__x.y", "__x.y"),
            (Some("C"), "__", "__"),
            (Some("C"), "___", "___"),
            (None, "__x", "__x"),
        ];
        for (private, name, wanted) in cases {
            assert_eq!(mangle(private, &Ident::from(name)).as_str(), wanted, "{name} in {private:?}");
        }
    }
}
