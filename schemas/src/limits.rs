//! The bounds of an event. Every one is part of the contract: past it an event is refused, never cut.

/// Most bytes of one event as it is sent, white space and escapes included (also the usual bound of a Kafka message).
pub const EVENT_BYTES: usize = 1 << 20;

/// Most bytes of UTF-8 of an id: the event's and those of orders, cases, calls, agents, promises, requests, appeals.
pub const ID_BYTES: usize = 64;

/// Most bytes of UTF-8 of a name: departments, channels, lane parts, categories, people.
pub const NAME_BYTES: usize = 256;

/// Most bytes of UTF-8 of a reference to something kept elsewhere (a recording's address).
pub const REFERENCE_BYTES: usize = 2048;

/// Most bytes of UTF-8 of a free text.
pub const TEXT_BYTES: usize = 64 * 1024;

/// Most items of a list the contract knows.
pub const LIST_ITEMS: usize = 256;

/// Most causes of one record, and so of a correction.
pub const CAUSES: usize = 3;

/// Most fields of any one object, known and unknown together.
pub const FIELDS: usize = 256;

/// Deepest nesting of objects and lists; the event itself is 1 deep.
pub const DEPTH: usize = 32;

/// Longest duration of a promise: ten years, in minutes.
pub const PROMISE_MIN: u32 = 3650 * 24 * 60;

/// Longest wait or talk of one call: seven days, in seconds.
pub const CALL_S: u32 = 7 * 24 * 60 * 60;

/// Most key presses or repeated questions of one call.
pub const COUNT: u32 = 10_000;

/// First year a time may lie in; counted in UTC.
pub const FIRST_YEAR: i16 = 2000;

/// Last year a time may lie in; counted in UTC.
pub const LAST_YEAR: i16 = 2099;

/// Most events of one request body.
pub const BODY_ITEMS: usize = 100_000;
