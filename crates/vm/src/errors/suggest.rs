//! Names that may have been meant: an edit distance in which a change of case costs half a change of letter.

/// More candidates than this are not looked at.
const MAX_CANDIDATES: usize = 750;
/// Longer names are not compared, once their common ends are taken off.
const MAX_LENGTH: usize = 40;
const MOVE_COST: usize = 2;
const CASE_COST: usize = 1;

/// The candidate that `text` was most probably meant to be.
pub fn suggest(text: &str, candidates: &[&str]) -> Option<String> {
    let bytes: Vec<&[u8]> = candidates.iter().map(|c| c.as_bytes()).collect();
    suggest_bytes(text.as_bytes(), &bytes).map(|i| candidates[i].to_owned())
}

/// The index of the candidate that `name` was most probably meant to be.
pub fn suggest_bytes(name: &[u8], candidates: &[&[u8]]) -> Option<usize> {
    if candidates.len() >= MAX_CANDIDATES {
        return None;
    }
    let mut best = None;
    let mut best_distance = usize::MAX;
    for (i, candidate) in candidates.iter().enumerate().filter(|(_, c)| **c != name) {
        // About a third of the letters may differ, and it must be better than what was found before.
        let limit = (name.len() + candidate.len() + 3) * MOVE_COST / 6;
        let Some(better) = best_distance.checked_sub(1) else { break };
        let limit = limit.min(better);
        if let Some(d) = distance(name, candidate, limit) {
            (best, best_distance) = (Some(i), d);
        }
    }
    best
}

fn substitution(a: u8, b: u8) -> usize {
    if a == b {
        0
    } else if a.eq_ignore_ascii_case(&b) {
        CASE_COST
    } else {
        MOVE_COST
    }
}

/// The weighted edit distance, where it is not above `limit`.
fn distance(a: &[u8], b: &[u8], limit: usize) -> Option<usize> {
    let prefix = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[prefix..], &b[prefix..]);
    let suffix = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - suffix], &b[..b.len() - suffix]);
    let within = |d: usize| (d <= limit).then_some(d);
    if a.is_empty() || b.is_empty() {
        return within((a.len() + b.len()) * MOVE_COST);
    }
    if a.len() > MAX_LENGTH || b.len() > MAX_LENGTH {
        return None;
    }
    let (a, b) = if b.len() < a.len() { (b, a) } else { (a, b) };
    within((b.len() - a.len()) * MOVE_COST)?;
    let mut row = [0; MAX_LENGTH];
    let row = &mut row[..a.len()];
    for (i, cell) in row.iter_mut().enumerate() {
        *cell = (i + 1) * MOVE_COST;
    }
    let mut result = 0;
    for (i, &y) in b.iter().enumerate() {
        let mut diagonal = i * MOVE_COST;
        result = diagonal;
        let mut least = usize::MAX;
        for (cell, &x) in row.iter_mut().zip(a) {
            let substituted = diagonal + substitution(x, y);
            diagonal = *cell;
            result = substituted.min(result.min(diagonal) + MOVE_COST);
            *cell = result;
            least = least.min(result);
        }
        within(least)?;
    }
    within(result)
}

#[cfg(test)]
mod tests {
    use super::suggest;

    #[test]
    fn names_that_are_near_are_found() {
        assert_eq!(suggest("keyy", &["reverse", "key"]).as_deref(), Some("key"));
        assert_eq!(suggest("BLuch", &["blech", "fluch", "bluch"]).as_deref(), Some("bluch"));
        assert_eq!(suggest("somethingelse", &["key"]), None);
        assert_eq!(suggest("key", &["key"]), None);
    }
}
