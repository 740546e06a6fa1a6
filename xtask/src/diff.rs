//! A line diff for people to read.

/// Changed lines with a little context, at most `limit` lines.
pub fn lines(expected: &str, actual: &str, limit: usize) -> String {
    let a: Vec<&str> = expected.split_inclusive('\n').collect();
    let b: Vec<&str> = actual.split_inclusive('\n').collect();
    let mut out = Vec::new();
    let start = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    if start > 0 {
        out.push(format!("  (line {start}) {}", show(a[start - 1])));
    }
    for edit in edits(&a[start..], &b[start..]) {
        if out.len() == limit {
            out.push("  ...".to_owned());
            break;
        }
        out.push(edit);
    }
    out.join("\n")
}

/// Longest common subsequence over windows small enough for a quadratic table.
fn edits(a: &[&str], b: &[&str]) -> Vec<String> {
    const WINDOW: usize = 300;
    let (a, b) = (&a[..a.len().min(WINDOW)], &b[..b.len().min(WINDOW)]);
    let mut table = vec![vec![0u16; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            table[i][j] = if a[i] == b[j] { table[i + 1][j + 1] + 1 } else { table[i + 1][j].max(table[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut out) = (0, 0, Vec::new());
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            (i, j) = (i + 1, j + 1);
        } else if j == b.len() || (i < a.len() && table[i + 1][j] >= table[i][j + 1]) {
            out.push(format!("- {}", show(a[i])));
            i += 1;
        } else {
            out.push(format!("+ {}", show(b[j])));
            j += 1;
        }
    }
    out
}

fn show(line: &str) -> String {
    let text = line.trim_end_matches('\n');
    let mut shown: String = text.chars().take(240).collect();
    if shown.len() < text.len() {
        shown.push_str(" ...");
    }
    if !line.ends_with('\n') {
        shown.push_str(" (no end of line)");
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn only_changes_are_shown() {
        assert_eq!(lines("a\nb\nc\n", "a\nx\nc\n", 10), "  (line 1) a\n- b\n+ x");
        assert_eq!(lines("a\n", "a", 10), "- a\n+ a (no end of line)");
    }
}
