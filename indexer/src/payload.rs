//! What a commit says about itself: the positions its data vouches for.

use serde::{Deserialize, Serialize};
use tingjian_schemas::Positions;

/// Version of what the index holds beyond its schema (meaning of fields, shape of values). A change needs a new number.
const FORMAT: u32 = 1;

/// The payload of a commit, JSON in tantivy's `meta.json`: replaced atomically with the list of segments.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Payload {
    format: u32,
    positions: Positions,
}

impl Payload {
    /// The text to commit with.
    pub(crate) fn write(positions: &Positions) -> Result<String, serde_json::Error> {
        serde_json::to_string(&Self { format: FORMAT, positions: positions.clone() })
    }

    /// The positions in a commit's payload; none before the first commit.
    pub(crate) fn read(payload: Option<&str>) -> Result<Positions, PayloadError> {
        let Some(payload) = payload else { return Ok(Positions::default()) };
        let payload: Self =
            serde_json::from_str(payload).map_err(|error| PayloadError::Unreadable(error.to_string()))?;
        if payload.format == FORMAT { Ok(payload.positions) } else { Err(PayloadError::OtherFormat(payload.format)) }
    }
}

/// A payload that cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PayloadError {
    /// Not what [`Payload::write`] wrote.
    Unreadable(String),
    /// Of another version.
    OtherFormat(u32),
}

#[cfg(test)]
mod tests {
    use tingjian_schemas::Partition;

    use super::*;

    #[test]
    fn positions_come_back() {
        let mut positions = Positions::default();
        positions.advance(&Partition::journal(), 42);
        positions.advance(&Partition { source: "tingjian.complaints".into(), number: 3 }, u64::MAX);
        let text = Payload::write(&positions).unwrap();
        assert_eq!(Payload::read(Some(&text)), Ok(positions));
        assert_eq!(Payload::read(None), Ok(Positions::default()));
    }

    #[test]
    fn foreign_payloads_are_refused() {
        assert!(matches!(Payload::read(Some("hello")), Err(PayloadError::Unreadable(_))));
        assert_eq!(Payload::read(Some(r#"{"format":9,"positions":[]}"#)), Err(PayloadError::OtherFormat(9)));
    }
}
