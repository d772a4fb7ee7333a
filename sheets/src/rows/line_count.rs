//! On which line of a file a byte stands, whatever ends its lines.

use std::collections::VecDeque;

/// Counts lines in bytes that go by ahead of the question.
pub struct LineCount {
    passed: u64,
    ends: VecDeque<(u64, u8)>,
    line: u64,
}

impl LineCount {
    /// The first byte stands on `line`.
    pub fn new(line: u64) -> Self {
        Self { passed: 0, ends: VecDeque::new(), line }
    }

    /// More bytes go by.
    pub fn pass(&mut self, bytes: &[u8]) {
        let ends = memchr::memchr2_iter(b'\n', b'\r', bytes);
        self.ends.extend(ends.filter_map(|at| Some((self.passed + at as u64, *bytes.get(at)?))));
        self.passed += bytes.len() as u64;
    }

    /// The line of the first byte at or after `start` that ends no line. Questions come in the order of the bytes, and
    /// that byte has gone by.
    pub fn line_at(&mut self, start: u64) -> u64 {
        let mut start = start;
        while let Some((at, end)) = self.ends.front().copied().filter(|(at, _)| *at <= start) {
            start += u64::from(at == start);
            self.ends.pop_front();
            let goes_on = end == b'\r' && self.ends.front() == Some(&(at + 1, b'\n'));
            self.line += u64::from(!goes_on);
        }
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, starts: &[(u64, u64)]) {
        for piece in [1, 2, 3, 100] {
            let mut count = LineCount::new(1);
            text.as_bytes().chunks(piece).for_each(|bytes| count.pass(bytes));
            for (start, line) in starts {
                assert_eq!(count.line_at(*start), *line, "{text:?} at {start} by {piece}");
            }
        }
    }

    #[test]
    fn every_end_of_line() {
        check("a\nb\n\nc", &[(0, 1), (2, 2), (4, 4)]);
        // The reader of CSV says that a row begins before the rest of the line end above it.
        check("a\r\nb\r\n\r\nc", &[(0, 1), (2, 2), (5, 4)]);
        check("a\rb\rc", &[(0, 1), (2, 2), (4, 3)]);
        check("a\nb\r\nc\nd", &[(0, 1), (2, 2), (4, 3), (7, 4)]);
        check("a,\"x\ny\"\nb", &[(0, 1), (8, 3)]);
    }
}
