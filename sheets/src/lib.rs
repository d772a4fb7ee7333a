//! Tables that people keep: CSV, workbooks, JSONL; read row by row, their columns guessed or mapped, each row made an event.
//!
//! The command and the server read files with this one room, so that both guess and refuse alike. It never sends anything.

mod cell;
mod clock;
mod error;
pub mod error_file;
pub mod fields;
mod formula;
mod lines;
pub mod mapping;
pub mod mapping_file;
mod nearest;
mod reasons;
pub mod rows;
pub mod shaper;
mod sink;
pub mod survey;
pub mod text;
pub mod workbook;
mod zone;

pub use cell::Cell;
pub use clock::{TimeForm, TimeRule};
pub use error::{SheetsError, io_words};
pub use fields::Holds;
pub use formula::{disarmed, rearmed};
pub use nearest::nearest;
pub use reasons::reason_name;
pub use rows::{Content, InputFile, Reading, Row, Rows};
pub use shaper::{Refused, Shaper};
pub use sink::{Sink, part_of};
pub use text::Progress;
pub use zone::Zone;
