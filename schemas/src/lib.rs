//! The contracts every other room speaks: streams, events, positions, the taxonomy and the analysed record.
//!
//! Nothing here does I/O, reads a clock or knows how a record is stored.

mod batch;
mod choice;
mod decode;
mod event;
mod fact;
mod head;
pub mod json_schema;
pub mod limits;
mod link;
mod message;
mod partition_key;
mod position;
mod reading;
mod record;
mod rejection;
mod sought;
mod split;
mod stream;
mod taxonomy;
mod week;
mod wire;

pub use batch::{Batch, Entry, Item};
pub use choice::{CaseStep, PromiseMaker, UnknownChoice, Verdict};
pub use decode::decode;
pub use event::{
    Appeal, Body, CallNote, CaseEvent, Commendation, Common, Complaint, Correction, Customer, Delivery,
    DepartmentReply, DepartmentRequest, Event, Judgement, Lane, Praised, Promise, Transfer,
};
pub use fact::{Fact, FactBody};
pub use head::Head;
pub use link::{LinkKey, LinkKeyError};
pub use position::{Partition, Position, Positions};
pub use reading::{CauseReading, Kind, Reading, Span, UnknownKind, Versions};
pub use record::{Record, TextBody};
pub use rejection::{DeadLetter, Reason, Rejection, UnknownReason};
pub use sought::{Sought, SoughtTerm};
pub use split::{BodyError, BodyKind, Piece, ndjson, split_body};
pub use stream::{Stream, UnknownStream};
pub use taxonomy::{Cause, Group, Moved, NOBODY, OTHER, Taxonomy, TaxonomyError, TaxonomyProblem};
pub use week::{Week, WeekError};
