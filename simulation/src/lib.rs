//! A seeded, synthetic contact centre with known truth: demo data, load, tests of attribution.
//!
//! [`Simulation`] is an iterator over the events of all eleven streams, in the order of time, and over the truth about
//! them, told as soon as nothing can change it any more. The same [`Options`] give the same bytes on every machine: no
//! clock, no files, no randomness but the seed's, no floating point in what is written as an event. Memory holds only
//! what has begun and not ended. [`Disorder`] delivers the events as a real transport might: late, twice, out of order.
//!
//! Every event says `"source":"synthetic"`; nothing here was said by a real customer.

mod attribution;
mod capability;
mod causes;
mod centre;
mod chains;
mod clock;
mod dice;
mod disorder;
mod event;
mod identity;
mod labelled;
mod options;
mod plan;
mod render;
mod settle;
mod simulation;
mod story;
mod summary;
mod text;
pub mod truth;
mod world;

pub use capability::{Capability, Level};
pub use centre::LaneName;
pub use chains::Fcr;
pub use disorder::{Arrivals, Disorder};
pub use labelled::{LabelledRow, labelled_rows};
pub use options::{MAX_EVENTS, MAX_WEEKS, Options, OptionsError, Rise, Scenario};
pub use simulation::{Output, SimulatedEvent, Simulation};
pub use summary::{Judged, LaneSummary, Planted, Promotion, Requests, Summary};
