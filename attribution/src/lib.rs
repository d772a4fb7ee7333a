//! Who is really responsible, from events alone: a pure function of what was sent and an `as_of` time.
//!
//! [`Inbox`] keeps of every id the event that counts, [`Facts`] arranges them, and each question is a function over facts:
//! [`attribute`], [`ledger`], [`what_if`], [`timeline`], [`chains`]. The order in which events came, how often, and in how
//! many batches changes nothing. What an answer depends on beside events is its `as_of`: nothing that happened after it is
//! seen, and a delivery that finished after it is still open.
//!
//! Never does I/O, never reads a clock, never reads a text.

mod agents;
mod attribution;
mod blame;
mod campaigns;
mod cases;
mod chains;
mod cohorts;
mod contradictions;
mod delay;
mod effort;
mod emerging;
pub mod facts;
mod inbox;
mod lane;
mod layers;
mod ledger;
mod promised;
mod rulings;
mod survival;
mod time;
mod what_if;
mod wilson;
mod window;

pub use agents::{AgentDay, LoadBand, loads};
pub use attribution::{Attribution, attribute};
pub use blame::Exoneration;
pub use campaigns::{CampaignLink, FirstToKnow, campaign_of, first_to_know};
pub use cases::{Ask, Asked, Hold, Timeline, asked, timeline};
pub use chains::{Chain, ContactPlace, Fcr, WINDOWS_H, chains, fcr};
pub use cohorts::{Capability, Cohorts, LEAST_FINISHED, Level, Trip, WINDOW_DAYS};
pub use contradictions::{Contradiction, contradictions};
pub use delay::{Decomposition, DeliverySeen, is_delay};
pub use effort::{Effort, EffortRates};
pub use emerging::{FALSE_DISCOVERY, MIN_SUPPORT, MIN_WEEKS, Series, Surprise, emerging};
pub use facts::Facts;
pub use inbox::{Event, Inbox};
pub use lane::lane_name;
pub use layers::{Basis, Layer, Reason, Share};
pub use ledger::{KeptRate, LedgerEntry, LedgerSums, Outcome, case_entries, ledger, order_entries};
pub use promised::{PromiseSeen, promised};
pub use rulings::{Overturns, corrected, last_judgement, open_appeals, overturns};
pub use survival::{Curve, Life};
pub use what_if::{WhatIf, what_if};
pub use wilson::{Interval, wilson};

/// Causes that facts decide on: whatever else an organisation edits, its taxonomy keeps these.
pub const CAUSES_OF_FACTS: [&str; 8] = [
    blame::OVERPROMISE,
    blame::MISQUOTE,
    attribution::CALLBACK_MISSED,
    attribution::DEPT_SLOW,
    "fulfil.warehouse_late",
    "fulfil.transit_delay",
    "fulfil.tracking_stall",
    "fulfil.lost",
];
