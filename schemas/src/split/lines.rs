//! One object a line.

use super::{Piece, trim};

/// The lines that are not blank. A byte order mark before the first is skipped.
pub(super) fn pieces(body: &[u8]) -> impl Iterator<Item = Piece<'_>> {
    let mut start = if body.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let ends = memchr::memchr_iter(b'\n', body).chain(std::iter::once(body.len()));
    ends.map(move |end| {
        let line = trim(body, start, end);
        start = end + 1;
        line
    })
    .filter(|line| !line.bytes.is_empty())
    .enumerate()
    .map(|(index, line)| Piece { index, ..line })
}

/// Whether text that begins with `{` has a whole object on its first line and more after it.
///
/// One object that is written over several lines has not, and is not to be torn into them when it is broken.
pub(super) fn is_one_a_line(text: &[u8]) -> bool {
    let Some(end) = memchr::memchr(b'\n', text) else { return false };
    let first = trim(text, 0, end);
    first.bytes.len() < text.len() && first.bytes.ends_with(b"}") && super::array::closes(first.bytes)
}
