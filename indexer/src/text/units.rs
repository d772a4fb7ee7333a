//! The units a text is made of: single ideographs, runs of letters, runs of digits, symbols.

use super::script::Class;

/// Distance between the positions of two units with nothing between them. A run of separators adds 1 to it, so that
/// a distance of 3 means “a separator between” and can mean nothing else.
pub(crate) const ADJACENT: u32 = 2;

/// Longest token in bytes; a longer run of letters or digits is cut into several, in texts and in queries alike.
const MAX_TOKEN_BYTES: usize = 120;

/// What a unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnitKind {
    /// One character that is written without spaces around it.
    Ideograph,
    /// A run of letters, a run of digits, or one symbol.
    Token,
}

/// One unit of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unit<'t> {
    pub(crate) kind: UnitKind,
    /// As it stands in the text, not lowered.
    pub(crate) text: &'t str,
    /// Byte where it starts in the text.
    pub(crate) from: usize,
    /// Its position: see [`ADJACENT`].
    pub(crate) position: u32,
}

/// Calls `each` for every unit of `text` in order.
#[inline]
pub(crate) fn units<'t>(text: &'t str, mut each: impl FnMut(Unit<'t>)) {
    let mut walk = Walk { text, position: 0, run: None, separated: true };
    for (at, c) in text.char_indices() {
        let class = Class::of(c);
        walk.step(at, c, class, &mut each);
    }
    walk.close(text.len(), &mut each);
}

struct Walk<'t> {
    text: &'t str,
    /// Of the next unit.
    position: u32,
    /// The run of letters or digits that is open.
    run: Option<(usize, Class)>,
    /// Whether the last thing was a separator that has been counted.
    separated: bool,
}

impl<'t> Walk<'t> {
    #[inline]
    fn step(&mut self, at: usize, c: char, class: Class, each: &mut impl FnMut(Unit<'t>)) {
        match class {
            Class::Invisible => {}
            Class::Ideograph => {
                self.close(at, each);
                self.emit(UnitKind::Ideograph, at, at + c.len_utf8(), each);
            }
            Class::Symbol => {
                self.close(at, each);
                self.emit(UnitKind::Token, at, at + c.len_utf8(), each);
            }
            Class::Letter | Class::Digit => {
                if self.run.is_none_or(|(from, open)| open != class || at - from + c.len_utf8() > MAX_TOKEN_BYTES) {
                    self.close(at, each);
                    self.run = Some((at, class));
                }
            }
            Class::Separator => {
                self.close(at, each);
                if !self.separated {
                    self.separated = true;
                    self.position += 1;
                }
            }
        }
    }

    /// Ends the open run before byte `to`.
    #[inline]
    fn close(&mut self, to: usize, each: &mut impl FnMut(Unit<'t>)) {
        if let Some((from, _)) = self.run.take() {
            self.emit(UnitKind::Token, from, to, each);
        }
    }

    #[inline]
    fn emit(&mut self, kind: UnitKind, from: usize, to: usize, each: &mut impl FnMut(Unit<'t>)) {
        let text = self.text.get(from..to).unwrap_or_default();
        each(Unit { kind, text, from, position: self.position });
        self.position += ADJACENT;
        self.separated = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, u32)]) {
        let mut found = Vec::new();
        units(text, |unit| found.push((unit.text, unit.position)));
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn cuts_texts_into_units() {
        check("", &[]);
        check("，。 ", &[]);
        check("很快", &[("很", 0), ("快", 2)]);
        check("很快，好", &[("很", 0), ("快", 2), ("好", 5)]);
        check("很快，！ 好", &[("很", 0), ("快", 2), ("好", 5)]);
        check("iPhone15坏了", &[("iPhone", 0), ("15", 2), ("坏", 4), ("了", 6)]);
        check("等40分钟", &[("等", 0), ("40", 2), ("分", 4), ("钟", 6)]);
        check("3.5元", &[("3", 0), ("5", 3), ("元", 5)]);
        check("好👍🏻棒", &[("好", 0), ("👍", 2), ("棒", 4)]);
    }

    #[test]
    fn long_runs_are_cut() {
        let run = "x".repeat(300);
        let mut lengths = Vec::new();
        units(&run, |unit| lengths.push(unit.text.len()));
        assert_eq!(lengths, [120, 120, 60]);
    }
}
