//! Tables for people: columns fit the screen, Chinese characters count two cells.

use std::io::{self, Write};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{Cell, Column, Run, Sink, Style};
use tingjian_sheets::Zone;

use crate::failure::Failure;

/// Between two columns.
const GAP: usize = 2;
/// No column is cut below this.
const NARROWEST: usize = 6;
/// No long column is cut below this before the others give way too.
const NARROWEST_LONG: usize = 24;

/// A table being written, page by page.
pub struct Table {
    sink: Sink,
    columns: &'static [Column],
    zone: Zone,
    style: Style,
    screen: Option<usize>,
    pages: usize,
}

impl Table {
    /// A table under `columns`.
    pub fn new(sink: Sink, columns: &'static [Column], zone: Zone, style: Style) -> Self {
        Self { sink, columns, zone, style, screen: screen_width(), pages: 0 }
    }

    /// Writes rows under a heading; nothing where there are none.
    pub fn page(&mut self, rows: &[Vec<Cell>]) -> io::Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let shown: Vec<Vec<Vec<Run>>> = rows.iter().map(|r| r.iter().map(|c| shown(c, &self.zone)).collect()).collect();
        let widths = self.widths(&shown);
        if self.pages > 0 {
            writeln!(self.sink)?;
        }
        self.pages += 1;
        let right: Vec<bool> =
            (0..widths.len()).map(|index| rows.iter().filter_map(|row| row.get(index)).any(Cell::is_number)).collect();
        self.heading(&widths, &right)?;
        for cells in &shown {
            let mut line = String::new();
            for ((runs, width), right) in cells.iter().zip(&widths).zip(&right) {
                place(&mut line, runs, *width, *right, self.style);
            }
            writeln!(self.sink, "{}", line.trim_end())?;
        }
        Ok(())
    }

    /// Ends the table with notes below.
    pub fn finish(mut self, notes: &[String]) -> Result<(), Failure> {
        if !notes.is_empty() && self.pages > 0 {
            writeln!(self.sink)?;
        }
        for note in notes {
            writeln!(self.sink, "{note}")?;
        }
        Ok(self.sink.close()?)
    }

    fn heading(&mut self, widths: &[usize], right: &[bool]) -> io::Result<()> {
        let mut line = String::new();
        for ((column, width), right) in self.columns.iter().zip(widths).zip(right) {
            let title = [Run { text: column.title.to_owned(), strong: true }];
            place(&mut line, &title, *width, *right, self.style);
        }
        writeln!(self.sink, "{}", line.trim_end())?;
        let total = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
        writeln!(self.sink, "{}", "─".repeat(total))
    }

    fn widths(&self, rows: &[Vec<Vec<Run>>]) -> Vec<usize> {
        let mut widths: Vec<usize> = self.columns.iter().map(|c| width_of(c.title)).collect();
        for row in rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.iter().map(|r| width_of(&r.text)).sum());
            }
        }
        if let Some(screen) = self.screen {
            let gaps = GAP * widths.len().saturating_sub(1);
            shrink(&mut widths, self.columns, screen.saturating_sub(gaps));
        }
        widths
    }
}

/// Takes from the widest long column first, then from the widest of all.
fn shrink(widths: &mut [usize], columns: &[Column], available: usize) {
    while widths.iter().sum::<usize>() > available {
        let over = widths.iter().sum::<usize>() - available;
        let long = |(i, w): &(usize, &mut usize)| columns.get(*i).is_some_and(|c| c.yields) && **w > NARROWEST_LONG;
        let widest = widths.iter_mut().enumerate().filter(long).max_by_key(|(_, w)| **w);
        let (width, floor) = match widest {
            Some((_, width)) => (width, NARROWEST_LONG),
            None => match widths.iter_mut().filter(|w| **w > NARROWEST).max_by_key(|w| **w) {
                Some(width) => {
                    let narrower = *width - 1;
                    (width, narrower)
                }
                None => return,
            },
        };
        *width = width.saturating_sub(over).max(floor);
    }
}

fn place(line: &mut String, runs: &[Run], width: usize, right: bool, style: Style) {
    if !line.is_empty() {
        line.push_str(&" ".repeat(GAP));
    }
    let runs = cut(runs, width);
    let pad = " ".repeat(width.saturating_sub(runs.iter().map(|r| width_of(&r.text)).sum()));
    if right {
        line.push_str(&pad);
    }
    for run in &runs {
        if run.strong { line.push_str(&style.strong(&run.text)) } else { line.push_str(&run.text) }
    }
    if !right {
        line.push_str(&pad);
    }
}

/// Shortens to `width` cells with an ellipsis.
fn cut(runs: &[Run], width: usize) -> Vec<Run> {
    if runs.iter().map(|r| width_of(&r.text)).sum::<usize>() <= width {
        return runs.to_vec();
    }
    let mut left = width.saturating_sub(1);
    let mut kept = Vec::new();
    'runs: for run in runs {
        let mut text = String::new();
        for c in run.text.chars() {
            let cells = c.width().unwrap_or(0);
            if cells > left {
                kept.push(Run { text, strong: run.strong });
                break 'runs;
            }
            left -= cells;
            text.push(c);
        }
        kept.push(Run { text, strong: run.strong });
    }
    kept.push(Run { text: "…".to_owned(), strong: false });
    kept
}

fn shown(cell: &Cell, zone: &Zone) -> Vec<Run> {
    let text = match cell {
        Cell::Marked(runs) => {
            return runs.iter().map(|r| Run { text: one_line(&r.text), strong: r.strong }).collect();
        }
        Cell::Empty => "–".to_owned(),
        Cell::Text(text) => one_line(text),
        Cell::Several(texts) => match texts.as_slice() {
            [] => "–".to_owned(),
            [one] => one_line(one),
            [first, rest @ ..] => format!("{} +{}", one_line(first), rest.len()),
        },
        Cell::Count(number) => grouped(*number),
        Cell::Number(number, decimals) => format!("{number:.decimals$}"),
        Cell::Share(share) => format!("{:.1}%", share * 100.0),
        Cell::Change(change) => format!("{:+.1}%", change * 100.0),
        Cell::Time(time) => zone.shown(time),
    };
    vec![Run { text, strong: false }]
}

/// Line breaks and control characters would tear the table apart (or drive the terminal).
pub fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// `1234567` → `1,234,567`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Cells of a terminal.
pub fn width_of(text: &str) -> usize {
    text.width()
}

/// `COLUMNS` where it is set, else the terminal's; `None` (no cutting) where nobody looks at a screen.
fn screen_width() -> Option<usize> {
    let stated = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok()).filter(|c| *c > 0);
    stated.or_else(|| {
        let (width, _) = terminal_size::terminal_size_of(io::stdout())?;
        Some(usize::from(width.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str, strong: bool) -> Run {
        Run { text: text.to_owned(), strong }
    }

    fn check_cut(runs: &[Run], width: usize, expected: &str) {
        let cut: String = cut(runs, width).iter().map(|r| r.text.clone()).collect();
        assert_eq!(cut, expected);
        assert!(width_of(&cut) <= width, "{cut:?} within {width}");
    }

    #[test]
    fn cuts_at_whole_characters() {
        check_cut(&[run("承诺四十分钟", false)], 12, "承诺四十分钟");
        check_cut(&[run("承诺四十分钟", false)], 11, "承诺四十分…");
        check_cut(&[run("承诺四十分钟", false)], 10, "承诺四十…");
        check_cut(&[run("说好", false), run("次日达", true), run("没到", false)], 9, "说好次日…");
        check_cut(&[run("e\u{301}😀x", false)], 2, "e\u{301}…");
    }

    #[test]
    fn long_columns_give_way_first() {
        static COLUMNS: [Column; 3] = [
            Column { title: "a", yields: false },
            Column { title: "b", yields: true },
            Column { title: "c", yields: false },
        ];
        let after = |screen| {
            let mut widths = [20, 100, 30];
            shrink(&mut widths, &COLUMNS, screen);
            widths
        };
        assert_eq!(after(200), [20, 100, 30]);
        assert_eq!(after(90), [20, 40, 30]);
        assert_eq!(after(70), [20, 24, 26]);
        assert_eq!(after(60), [20, 20, 20]);
        assert_eq!(after(3), [NARROWEST; 3]);
    }

    #[test]
    fn numbers_in_groups() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn nothing_drives_the_terminal() {
        assert_eq!(one_line("a\u{1b}[31m\nb"), "a [31m b");
    }
}
