//! Small pictures drawn on the server: bars and meters.

use askama::Template;

/// A share as a thin bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Template)]
#[template(path = "parts/meter.html")]
pub struct Meter {
    /// Of 100.
    pub percent: u64,
}

impl Meter {
    /// `n` of `largest`.
    pub fn new(n: u64, largest: u64) -> Self {
        Self { percent: (n.saturating_mul(100) / largest.max(1)).min(100) }
    }
}

/// One piece of a bar, of 1000.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where it begins.
    pub x: u64,
    /// How wide it is.
    pub width: u64,
    /// Its class.
    pub class: String,
    /// What it says when pointed at.
    pub title: String,
}

/// On what responsibility rests: judgement, facts, text, pending.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "parts/basis_bar.html")]
pub struct BasisBar {
    /// In order.
    pub pieces: Vec<Piece>,
}

impl BasisBar {
    /// Of the four counts.
    pub fn new(counts: [u64; 4]) -> Self {
        let classes = ["judgement", "facts", "text", "pending"];
        Self { pieces: pieces(counts.into_iter().zip(classes).map(|(n, class)| (n, class.to_owned(), String::new()))) }
    }
}

/// Pieces that fill the bar from end to end, as their counts are to each other; those of nothing are left out.
pub fn pieces(parts: impl IntoIterator<Item = (u64, String, String)>) -> Vec<Piece> {
    let parts: Vec<_> = parts.into_iter().filter(|(n, ..)| *n > 0).collect();
    let total: u64 = parts.iter().map(|(n, ..)| n).sum::<u64>().max(1);
    let mut sum = 0;
    let place = |sum: u64| sum.saturating_mul(1000) / total;
    let piece = |(n, class, title): (u64, String, String)| {
        let x = place(sum);
        sum += n;
        Piece { x, width: place(sum) - x, class, title }
    };
    parts.into_iter().map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_fill_the_bar() {
        let cut =
            pieces([(1, "a".into(), String::new()), (0, "b".into(), String::new()), (2, "c".into(), String::new())]);
        let shown: Vec<_> = cut.iter().map(|piece| (piece.x, piece.width, piece.class.as_str())).collect();
        assert_eq!(shown, [(0, 333, "a"), (333, 667, "c")]);
    }
}
