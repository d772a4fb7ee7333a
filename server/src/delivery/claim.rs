//! A delivery is claimed in ClickHouse, so that of several servers one sends; and what became of it is noted there.

use std::time::Duration;

use jiff::Timestamp;
use tingjian_warehouse::{DeliveryNote, WarehouseError};

use super::Outcome;
use crate::app::App;

/// Between a claim and the look at who was first: longer than any claim takes to be stored, which is checked.
const SETTLE: Duration = Duration::from_secs(3);
/// What a claim is called in the log.
const CLAIMED: &str = "claimed";
/// What it is called that somebody has seen a message.
pub const SEEN: &str = "seen";

/// Claims a delivery: of several servers that claim at the same time one gets it, and after it nobody. A server that ends after
/// its claim has perhaps sent: nobody sends again, and the log shows a claim without an outcome.
///
/// # Errors
/// The warehouse is away.
pub async fn claim(app: &App, key: &str) -> Result<bool, WarehouseError> {
    let claimant: String =
        crate::secrets::random().unwrap_or_default().iter().map(|byte| format!("{byte:02x}")).collect();
    let begun = std::time::Instant::now();
    add(app, key, CLAIMED, &claimant, String::new()).await?;
    if begun.elapsed() >= SETTLE {
        // Others may have looked already: it is theirs, or stays undone and visible.
        return Ok(false);
    }
    tokio::time::sleep(SETTLE).await;
    let notes = app.warehouse.delivery_notes(key).await?;
    let first =
        notes.iter().filter(|note| note.what == CLAIMED).min_by(|a, b| (a.at, &a.claimant).cmp(&(b.at, &b.claimant)));
    Ok(first.is_some_and(|first| first.claimant == claimant))
}

/// What stands beside what was sent over a channel that never tells whether anybody has seen it.
const UNTOLD: &str = "此类通道不回报是否已读";

/// Notes what became of it.
///
/// # Errors
/// The warehouse is away.
pub async fn note(app: &App, key: &str, outcome: Outcome, tells_seen: bool) -> Result<(), WarehouseError> {
    let (what, detail) = match outcome {
        Outcome::Sent => ("sent", if tells_seen { "" } else { UNTOLD }.to_owned()),
        Outcome::Later(why) | Outcome::Refused(why) => ("failed", why),
    };
    tracing::info!(key, what, detail, "delivery");
    add(app, key, what, "", detail).await
}

/// Notes that it was seen; the first time counts.
///
/// # Errors
/// The warehouse is away.
pub async fn note_seen(app: &App, key: &str) -> Result<(), WarehouseError> {
    if app.warehouse.delivery_notes(key).await?.iter().any(|note| note.what == SEEN) {
        return Ok(());
    }
    add(app, key, SEEN, "", String::new()).await
}

async fn add(app: &App, key: &str, what: &str, claimant: &str, detail: String) -> Result<(), WarehouseError> {
    let note = DeliveryNote {
        key: key.to_owned(),
        at: Timestamp::now().as_millisecond(),
        claimant: claimant.to_owned(),
        what: what.to_owned(),
        detail,
    };
    app.warehouse.note_delivery(&note).await
}
