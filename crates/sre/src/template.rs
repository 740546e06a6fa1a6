//! Replacement templates: literal text with references to groups in between.

/// A template for `sub` and `expand`, as `re._parser.parse_template` takes it apart. `L` is the caller's kind of text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Template<L> {
    head: L,
    tail: Vec<(usize, L)>,
}

/// One part of a template.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Piece<'a, L> {
    Literal(&'a L),
    Group(usize),
}

impl<L> Template<L> {
    /// `head`, then each group followed by a literal.
    pub fn new(head: L, tail: Vec<(usize, L)>) -> Template<L> {
        Template { head, tail }
    }

    /// The text, if the template refers to no group.
    pub fn literal(&self) -> Option<&L> {
        if self.tail.is_empty() { Some(&self.head) } else { None }
    }

    /// The parts in order, empty literals included.
    pub fn pieces(&self) -> impl Iterator<Item = Piece<'_, L>> {
        let tail = self.tail.iter().flat_map(|(group, literal)| [Piece::Group(*group), Piece::Literal(literal)]);
        std::iter::once(Piece::Literal(&self.head)).chain(tail)
    }

    /// The highest group referred to.
    pub fn highest_group(&self) -> Option<usize> {
        self.tail.iter().map(|(group, _)| *group).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_alternate() {
        let template = Template::new("a", vec![(1, ""), (0, "z")]);
        let text: String = template
            .pieces()
            .map(|piece| match piece {
                Piece::Literal(literal) => (*literal).to_owned(),
                Piece::Group(group) => format!("<{group}>"),
            })
            .collect();
        assert_eq!(text, "a<1><0>z");
        assert_eq!(template.highest_group(), Some(1));
        assert_eq!(template.literal(), None);
        assert_eq!(Template::<&str>::new("x", vec![]).literal(), Some(&"x"));
    }
}
