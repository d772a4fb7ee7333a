//! Questions: each is a file of SQL with bound parameters, and a typed answer.

mod bytes;
mod causes;
pub(crate) mod counted;
mod counts;
mod dead_letters;
pub(crate) mod filters;
pub(crate) mod large_part;
mod records;
mod stale;
pub(crate) mod stored;
mod tables;
mod text_search;

pub use causes::{Basis, CauseGroup, CausesAnswer, CausesBy, CausesQuestion};
pub use counts::{DayCount, StreamCount};
pub use dead_letters::{DeadLetterCount, DeadLetterFilter, DeadLetterPage, DeadLetterReplay, StoredDeadLetter};
pub use filters::Filters;
pub use records::{PageCursor, RecordPage};
pub use stored::StoredRecord;
pub use tables::TableSize;
pub use text_search::{TextCounts, TextHit, TextOrder, TextSearch};

/// A file of SQL in which `{{name}}` stands for another file.
pub(crate) fn with_parts(sql: &str, parts: &[(&str, &str)]) -> String {
    parts.iter().fold(sql.to_owned(), |sql, (name, part)| sql.replace(&format!("{{{{{name}}}}}"), part.trim_end()))
}

/// The condition that [`Filters`] fill.
pub(crate) const FILTERS: (&str, &str) = ("filters", include_str!("../../questions/filters.sql"));
/// The columns that [`StoredRecord`] is made of.
pub(crate) const COLUMNS: (&str, &str) = ("columns", include_str!("../../questions/columns.sql"));

/// Codes of the causes that are about a delivery being late.
pub(crate) const DELAYS: (&str, &str) = ("delays", include_str!("../../questions/delays.sql"));

/// Of which hours records are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hours {
    /// Of all.
    All,
    /// Of those in the parameter `hours`.
    Some,
}

/// Records with what counts of them.
pub(crate) fn attributed(hours: Hours) -> String {
    const SQL: &str = include_str!("../../questions/attributed.sql");
    const HOURS: &str = include_str!("../../questions/hours.sql");
    let of = |time: &str| match hours {
        Hours::All => String::new(),
        Hours::Some => with_parts(HOURS, &[("time", time)]),
    };
    with_parts(SQL, &[DELAYS, ("told_hours", &of("occurred_at")), ("hours", &of("r.occurred_at"))])
}
