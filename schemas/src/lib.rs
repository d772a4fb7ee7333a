//! The contracts every other room speaks: streams, events, positions, the taxonomy and the analysed record.
//!
//! Nothing here does I/O, reads a clock or knows how a record is stored.

mod batch;
mod decode;
mod event;
mod fact;
mod head;
pub mod limits;
mod link;
mod message;
mod position;
mod reading;
mod record;
mod rejection;
mod stream;
mod taxonomy;

pub use batch::{Batch, Entry, Item};
pub use decode::decode;
pub use event::{
    Appeal, Body, CallNote, CaseEvent, CaseStep, Commendation, Common, Complaint, Correction, Customer, Delivery,
    DepartmentReply, DepartmentRequest, Event, Judgement, Lane, Praised, Promise, PromiseMaker, Transfer, Verdict,
};
pub use fact::{Fact, FactBody};
pub use head::Head;
pub use link::{LinkKey, LinkKeyError};
pub use position::{Partition, Position, Positions};
pub use reading::{CauseReading, Kind, Reading, Span, UnknownKind, Versions};
pub use record::{Record, TextBody};
pub use rejection::{DeadLetter, Reason, Rejection, UnknownReason};
pub use stream::{Stream, UnknownStream};
pub use taxonomy::{Cause, Group, NOBODY, OTHER, Taxonomy, TaxonomyError, TaxonomyProblem};
