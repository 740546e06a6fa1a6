//! How much native stack the recursive passes have used: trees are as deep as their author likes.

/// A budget of native stack, counted from where it was made.
#[derive(Clone, Copy, Debug)]
pub struct StackGuard {
    base: usize,
    budget: usize,
}

impl StackGuard {
    /// May be used by this function and what it calls.
    pub fn new(budget: usize) -> StackGuard {
        StackGuard { base: here(), budget }
    }

    pub fn exhausted(&self) -> bool {
        self.base.abs_diff(here()) > self.budget
    }
}

#[inline(never)]
fn here() -> usize {
    let marker = 0u8;
    std::hint::black_box(&raw const marker) as usize
}
