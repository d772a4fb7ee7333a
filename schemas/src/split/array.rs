//! Finds the items of an array by counting brackets outside strings; whether an item is right is not asked here.

use super::{BodyError, Piece, trim};
use crate::limits;

/// The items of the array that `whole` begins with.
pub(super) fn pieces(whole: Piece<'_>) -> Result<Vec<Piece<'_>>, BodyError> {
    let (bytes, base) = (whole.bytes, whole.offset);
    let mut pieces = Vec::new();
    let mut start = 1;
    let mut scan = Scan { bytes, at: 1 };
    while let Some((at, found)) = scan.item_end() {
        let piece = trim(bytes, start, at);
        let is_end = found == b']';
        // The one item that is nothing at all: `[]`.
        if !(is_end && pieces.is_empty() && piece.bytes.is_empty()) {
            if pieces.len() == limits::BODY_ITEMS {
                return Err(BodyError::TooMany { limit: limits::BODY_ITEMS });
            }
            pieces.push(Piece { index: pieces.len(), offset: base + piece.offset, bytes: piece.bytes });
        }
        start = at + 1;
        if is_end {
            let complete = start == bytes.len();
            return if complete { Ok(pieces) } else { Err(BodyError::BrokenArray { at: base + start + 1 }) };
        }
    }
    Err(BodyError::BrokenArray { at: base + bytes.len() })
}

/// Whether every bracket of `bytes` is closed at its end and not before.
pub(super) fn closes(bytes: &[u8]) -> bool {
    let mut scan = Scan { bytes, at: 0 };
    let mut depth = 0_usize;
    while let Some((at, found)) = scan.bracket() {
        match found {
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 1 => return at + 1 == bytes.len(),
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    /// The next comma or closing bracket at the depth of the array itself.
    fn item_end(&mut self) -> Option<(usize, u8)> {
        let mut depth = 0_usize;
        loop {
            let (at, found) = self.bracket()?;
            match found {
                b'{' | b'[' => depth += 1,
                b',' | b']' if depth == 0 => return Some((at, found)),
                // A brace that nothing has opened: the item is broken, not the array.
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
    }

    /// The next bracket, brace or comma outside a string.
    fn bracket(&mut self) -> Option<(usize, u8)> {
        loop {
            let rest = self.bytes.get(self.at..)?;
            let step = rest.iter().position(|b| matches!(b, b'"' | b'{' | b'}' | b'[' | b']' | b','))?;
            let at = self.at + step;
            let found = *self.bytes.get(at)?;
            self.at = at + 1;
            if found != b'"' {
                return Some((at, found));
            }
            self.skip_string()?;
        }
    }

    /// Moves past the quote that closes the string.
    fn skip_string(&mut self) -> Option<()> {
        loop {
            let rest = self.bytes.get(self.at..)?;
            let step = memchr::memchr2(b'"', b'\\', rest)?;
            let is_quote = rest.get(step) == Some(&b'"');
            self.at += step + if is_quote { 1 } else { 2 };
            if is_quote {
                return Some(());
            }
        }
    }
}
