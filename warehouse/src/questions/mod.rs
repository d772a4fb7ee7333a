//! Questions: each an `.sql` file with bound parameters and a typed answer.

mod causes;
mod checks;
mod dead_letters;
mod record;
mod selection;
mod sizes;

pub use causes::{CausesCut, GroupRow, TotalsRow};
pub use checks::DayRow;
pub use dead_letters::{DeadLetterCountRow, DeadLetterPlace, StoredDeadLetter};
pub use record::StoredRecord;
pub use selection::Selection;
pub use sizes::TableSizeRow;
