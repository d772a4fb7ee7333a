//! Where a searched term stands in a text: the model the index must agree with, and the source of highlights.

use super::{
    lower::lower_into,
    units::{Unit, UnitKind, units},
};

/// A term, cut into units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    units: Vec<PatternUnit>,
}

/// One unit of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PatternUnit {
    pub(crate) kind: UnitKind,
    /// In lower case.
    pub(crate) text: String,
    /// Distance from the pattern's first unit.
    pub(crate) offset: u32,
}

impl Pattern {
    /// The pattern of `term`; empty where there is nothing in it that is indexed.
    pub(crate) fn new(term: &str) -> Self {
        let mut found = Vec::new();
        units(term, |unit| found.push(pattern_unit(unit)));
        let first = found.first().map_or(0, |unit: &PatternUnit| unit.offset);
        for unit in &mut found {
            unit.offset -= first;
        }
        Self { units: found }
    }

    /// Its units.
    pub(crate) fn units(&self) -> &[PatternUnit] {
        &self.units
    }

    /// Whether there is nothing to search for.
    pub(crate) fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// Byte ranges of `text` where the pattern stands, in order of their start; they may overlap.
    pub(crate) fn find_in(&self, text: &[PlacedUnit]) -> Vec<(usize, usize)> {
        if self.is_empty() {
            return Vec::new();
        }
        text.windows(self.units.len()).filter(|window| self.matches(window)).filter_map(range_of).collect()
    }

    fn matches(&self, window: &[PlacedUnit]) -> bool {
        let base = window.first().map_or(0, |placed| placed.position);
        self.units
            .iter()
            .zip(window)
            .all(|(wanted, placed)| wanted.text == placed.text && wanted.offset == placed.position - base)
    }
}

fn pattern_unit(unit: Unit<'_>) -> PatternUnit {
    PatternUnit { kind: unit.kind, text: lowered(unit), offset: unit.position }
}

fn range_of(window: &[PlacedUnit]) -> Option<(usize, usize)> {
    Some((window.first()?.from, window.last()?.to))
}

/// One unit of a text in which patterns are looked for.
pub(crate) struct PlacedUnit {
    text: String,
    position: u32,
    from: usize,
    to: usize,
}

/// The units of `text`, lowered.
pub(crate) fn placed_units(text: &str) -> Vec<PlacedUnit> {
    let mut placed = Vec::new();
    units(text, |unit| {
        let to = unit.from + unit.text.len();
        placed.push(PlacedUnit { text: lowered(unit), position: unit.position, from: unit.from, to });
    });
    placed
}

fn lowered(unit: Unit<'_>) -> String {
    let mut text = String::with_capacity(unit.text.len());
    lower_into(unit.text, &mut text);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, term: &str, expected: &[&str]) {
        let found = Pattern::new(term).find_in(&placed_units(text));
        let found: Vec<_> = found.into_iter().map(|(from, to)| &text[from..to]).collect();
        assert_eq!(found, expected, "{term:?} in {text:?}");
    }

    #[test]
    fn finds_terms() {
        check("送餐太慢，太慢了", "太慢", &["太慢", "太慢"]);
        check("哈哈哈", "哈哈", &["哈哈", "哈哈"]);
        check("很快，好吃", "快好", &[]);
        check("很快，好吃", "快、好", &["快，好"]);
        check("很快x好吃", "快、好", &[]);
        check("我的iPhone15坏了", "IPHONE15坏", &["iPhone15坏"]);
        check("我的iPhone15坏了", "phone", &[]);
        check("等了140分钟", "40分钟", &[]);
        check("任何文字", "，", &[]);
    }
}
