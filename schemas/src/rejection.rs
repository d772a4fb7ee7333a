//! Why an event was refused: one typed reason per way to be wrong, and the dead letter that keeps what was refused.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Stream;

/// One way for an event to be wrong. The names are stable: they are stored, counted and filtered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// More bytes than an event may have; the detail is that bound.
    EventTooLarge,
    /// The bytes are not UTF-8 (GB18030, for instance); the detail is the first byte that is not, from 1.
    InvalidUtf8,
    /// Not JSON; the detail is `LINE:COLUMN what`, both from 1, the column in bytes.
    InvalidJson,
    /// A string with one half of a surrogate pair (`\ud800`), which is no character.
    LoneSurrogate,
    /// JSON, but not an object.
    NotAnObject,
    /// The same field twice in one object.
    DuplicateField,
    /// An object with more fields than the bound in the detail.
    TooManyFields,
    /// Objects and lists nested deeper than the bound in the detail.
    TooDeep,
    /// A required field is absent, or `null`.
    Missing,
    /// A value of another type than the one in the detail.
    WrongType,
    /// Nothing in it but white space, or a list without items.
    Empty,
    /// More bytes of UTF-8 than the bound in the detail.
    TooLong,
    /// A list with more items than the bound in the detail.
    TooManyItems,
    /// An id or a name with a control character in it.
    ControlCharacter,
    /// Not an RFC 3339 time.
    UnreadableTime,
    /// A time that does not say in which zone.
    TimeWithoutOffset,
    /// A time outside the years in the detail.
    TimeOutOfRange,
    /// None of the values in the detail.
    UnknownValue,
    /// A number below zero.
    Negative,
    /// A number that is not whole.
    Fraction,
    /// A number above the bound in the detail.
    OutOfRange,
    /// Neither this field nor the one in the detail is there, and one of them has to be.
    NeitherGiven,
    /// An entry of `praised` that names neither agent nor department.
    NamesNobody,
    /// A lane without any of its parts.
    LaneWithoutPart,
    /// A promise without `order_id`, without the `case_id` of the detail, and without a lane to stand for.
    PromiseWithoutLink,
    /// This field and the one in the detail cannot both be true.
    Contradiction,
}

impl Reason {
    /// Every reason, in the order in which decoding meets them.
    pub const ALL: [Self; 26] = [
        Self::EventTooLarge,
        Self::InvalidUtf8,
        Self::InvalidJson,
        Self::LoneSurrogate,
        Self::NotAnObject,
        Self::DuplicateField,
        Self::TooManyFields,
        Self::TooDeep,
        Self::Missing,
        Self::WrongType,
        Self::Empty,
        Self::TooLong,
        Self::TooManyItems,
        Self::ControlCharacter,
        Self::UnreadableTime,
        Self::TimeWithoutOffset,
        Self::TimeOutOfRange,
        Self::UnknownValue,
        Self::Negative,
        Self::Fraction,
        Self::OutOfRange,
        Self::NeitherGiven,
        Self::NamesNobody,
        Self::LaneWithoutPart,
        Self::PromiseWithoutLink,
        Self::Contradiction,
    ];

    /// The stable name in JSON, in stored rows and in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EventTooLarge => "event_too_large",
            Self::InvalidUtf8 => "invalid_utf8",
            Self::InvalidJson => "invalid_json",
            Self::LoneSurrogate => "lone_surrogate",
            Self::NotAnObject => "not_an_object",
            Self::DuplicateField => "duplicate_field",
            Self::TooManyFields => "too_many_fields",
            Self::TooDeep => "too_deep",
            Self::Missing => "missing",
            Self::WrongType => "wrong_type",
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::TooManyItems => "too_many_items",
            Self::ControlCharacter => "control_character",
            Self::UnreadableTime => "unreadable_time",
            Self::TimeWithoutOffset => "time_without_offset",
            Self::TimeOutOfRange => "time_out_of_range",
            Self::UnknownValue => "unknown_value",
            Self::Negative => "negative",
            Self::Fraction => "fraction",
            Self::OutOfRange => "out_of_range",
            Self::NeitherGiven => "neither_given",
            Self::NamesNobody => "names_nobody",
            Self::LaneWithoutPart => "lane_without_part",
            Self::PromiseWithoutLink => "promise_without_link",
            Self::Contradiction => "contradiction",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is none of the reasons.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown reason {0:?}; known: {known}", known = Reason::ALL.map(Reason::name).join(", "))]
pub struct UnknownReason(pub String);

impl std::str::FromStr for Reason {
    type Err = UnknownReason;

    fn from_str(name: &str) -> Result<Self, UnknownReason> {
        Self::ALL.into_iter().find(|r| r.name() == name).ok_or_else(|| UnknownReason(name.to_owned()))
    }
}

/// A refused event. Holds no customer text: only names of fields, bounds, and the event's id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rejection {
    /// The way it is wrong.
    pub reason: Reason,
    /// The field that is wrong (`lane.origin`, `praised[2].agent_no`); `None` where it is the whole event.
    pub field: Option<String>,
    /// What the sentence needs besides: the bound that was passed, the type or values that are expected, the other field
    /// of a contradiction, or the place in the bytes. [`Reason`] says which.
    pub detail: Option<String>,
    /// The event's id where it could be read.
    pub event_id: Option<String>,
}

/// A refused event as it is kept. Its position and time are those of the item that carries it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Name of the stream it came by.
    pub stream: Stream,
    /// Why.
    pub rejection: Rejection,
    /// The original bytes.
    pub bytes: Vec<u8>,
}
