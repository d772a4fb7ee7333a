//! Emphasis, on a terminal only.

use std::env;

/// A run of text, emphasised or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The text.
    pub text: String,
    /// Whether it stands out.
    pub strong: bool,
}

/// `text` with the characters of `ranges` (start inclusive, end exclusive) emphasised.
pub fn emphasised(text: &str, ranges: &[(usize, usize)]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (index, c) in text.chars().enumerate() {
        let strong = ranges.iter().any(|(start, end)| (*start..*end).contains(&index));
        match runs.last_mut() {
            Some(run) if run.strong == strong => run.text.push(c),
            _ => runs.push(Run { text: c.to_string(), strong }),
        }
    }
    runs
}

/// Whether emphasis can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Escape codes are understood.
    Terminal,
    /// Plain text.
    Plain,
}

impl Style {
    /// A terminal gets emphasis unless `NO_COLOR` is set (no-color.org) or it is a dumb one.
    pub fn of(standard_output: bool) -> Self {
        let able = standard_output && super::on_screen();
        let asked_not = env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
        let dumb = env::var_os("TERM").is_some_and(|t| t == "dumb");
        if able && !asked_not && !dumb { Self::Terminal } else { Self::Plain }
    }

    /// `text`, emphasised.
    pub fn strong(self, text: &str) -> String {
        match self {
            Self::Terminal => format!("\u{1b}[1m{text}\u{1b}[0m"),
            Self::Plain => text.to_owned(),
        }
    }
}
