//! Lines of bounded length.

use std::io::{self, BufRead};

/// What the next line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// It is in the buffer, without its line break.
    Whole,
    /// It is longer than the bound: the buffer has its beginning, the rest was passed over.
    TooLong,
    /// There is none.
    End,
}

/// Reads lines, keeping at most `limit` bytes of one.
pub struct Lines<R> {
    reader: R,
    limit: usize,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    /// Over `reader`.
    pub fn new(reader: R, limit: usize) -> Self {
        Self { reader, limit, number: 0 }
    }

    /// The number of the line read last, from 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Reads the next line into `line`.
    ///
    /// # Errors
    /// The reader's.
    pub fn next_into(&mut self, line: &mut Vec<u8>) -> io::Result<Line> {
        line.clear();
        let mut any = false;
        let mut too_long = false;
        loop {
            let available = match self.reader.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if available.is_empty() {
                break;
            }
            any = true;
            let end = memchr::memchr(b'\n', available);
            let piece = available.get(..end.unwrap_or(available.len())).unwrap_or_default();
            let room = self.limit - line.len();
            too_long |= piece.len() > room;
            line.extend_from_slice(piece.get(..piece.len().min(room)).unwrap_or_default());
            let used = piece.len() + usize::from(end.is_some());
            self.reader.consume(used);
            if end.is_some() {
                break;
            }
        }
        if !any {
            return Ok(Line::End);
        }
        self.number += 1;
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Ok(if too_long { Line::TooLong } else { Line::Whole })
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    fn check(text: &str, limit: usize, expected: &[(&str, Line)]) {
        for capacity in [1, 2, 3, 64] {
            let mut lines = Lines::new(BufReader::with_capacity(capacity, text.as_bytes()), limit);
            let mut line = Vec::new();
            let mut got = Vec::new();
            loop {
                match lines.next_into(&mut line).unwrap() {
                    Line::End => break,
                    kind => got.push((String::from_utf8(line.clone()).unwrap(), kind)),
                }
            }
            let expected: Vec<(String, Line)> = expected.iter().map(|(t, k)| ((*t).to_owned(), *k)).collect();
            assert_eq!(got, expected, "{text:?} by {capacity}");
            assert_eq!(lines.number(), expected.len() as u64);
        }
    }

    #[test]
    fn lines() {
        check("", 9, &[]);
        check("a\r\nb\n\nc", 9, &[("a", Line::Whole), ("b", Line::Whole), ("", Line::Whole), ("c", Line::Whole)]);
        check("abcdef\nxy\n", 4, &[("abcd", Line::TooLong), ("xy", Line::Whole)]);
        check("abcd\n", 4, &[("abcd", Line::Whole)]);
    }
}
