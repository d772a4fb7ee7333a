//! The words of the simulated customers and agents: phrases written for this project, in data files, put together by the
//! dice. What a text says is known to whoever wrote it: that is the truth of the text.

mod catalogue;
mod duration;
mod noise;
mod number;
mod phrase;
mod slot;
mod write;

pub(crate) use catalogue::Catalogue;
pub(crate) use write::{Scene, Times, Writer};

use crate::causes::Cause;

/// What business a text is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Domain {
    /// Shopping on line.
    #[default]
    Shop,
    /// Meals and groceries brought within the hour.
    Meal,
    /// Telephone and broadband.
    Line,
    /// Public services and the city's hotline.
    Town,
}

impl Domain {
    pub(crate) const ALL: [Self; 4] = [Self::Shop, Self::Meal, Self::Line, Self::Town];
}

/// What a text says, as a careful reader would label it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TextTruth {
    /// The causes voiced, primary first.
    pub(crate) causes: Vec<Cause>,
    /// Promised duration stated, minutes.
    pub(crate) promised_min: Option<u32>,
    /// Elapsed duration stated, minutes, and whether it was still running.
    pub(crate) actual: Option<(u32, bool)>,
    /// A person or a staff group is praised.
    pub(crate) praised: bool,
    /// What must not survive masking.
    pub(crate) pii: Vec<String>,
}
