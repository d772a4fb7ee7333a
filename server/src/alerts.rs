//! Alerts between reports: what must not wait for Monday. One open alert per subject, told once, acknowledged by somebody.

mod conditions;
mod fold;
mod watch;

pub use conditions::Condition;
pub use fold::Alert;
pub use watch::{acknowledge, all, watch};

/// What a note of an alert says.
mod what {
    pub const RAISED: &str = "raised";
    pub const ACKNOWLEDGED: &str = "acknowledged";
    pub const RESOLVED: &str = "resolved";
}
