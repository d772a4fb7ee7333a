//! Where to start with partitions that were given: asked of the sinks and held against what the log has.

use std::{collections::HashMap, sync::Arc, time::Duration};

use tingjian_schemas::{Partition, Positions};
use tokio::sync::watch;

use super::{KafkaError, ends::Asker};

/// Wait before a question is asked again.
const ASK_AGAIN: Duration = Duration::from_millis(500);

/// Where to start with one partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Start {
    pub next: u64,
    /// No record before it arrived later than this.
    pub last_arrival: u64,
}

/// A question: which partitions, and its number.
#[derive(Clone, Default)]
pub(super) struct Wanted {
    pub asked: u64,
    pub partitions: Vec<Partition>,
}

/// The answer to the question of that number.
#[derive(Clone)]
pub(super) struct Known {
    pub asked: u64,
    pub starts: Result<HashMap<Partition, Start>, KafkaError>,
}

impl Default for Known {
    fn default() -> Self {
        Self { asked: 0, starts: Ok(HashMap::new()) }
    }
}

/// Answers questions until nobody asks any more. `held` waits until every sink has said what it holds, durably.
pub(super) async fn answer<F: Future<Output = Positions> + Send>(
    mut wanted: watch::Receiver<Wanted>,
    known: watch::Sender<Known>,
    asker: Arc<Asker>,
    held: impl Fn() -> F + Send,
) {
    while wanted.changed().await.is_ok() {
        let question = wanted.borrow_and_update().clone();
        if question.partitions.is_empty() {
            continue;
        }
        let positions = held().await;
        // The log may be away for as long as it likes; a new question replaces this one.
        let starts = loop {
            let (asker, partitions, held) = (Arc::clone(&asker), question.partitions.clone(), positions.clone());
            match tokio::task::spawn_blocking(move || starts(&asker, &partitions, &held)).await {
                Ok(Err(error)) if error.is_recoverable() => {
                    tracing::warn!(%error, "where to start is not known yet");
                    tokio::time::sleep(ASK_AGAIN).await;
                }
                Ok(answer) => break answer,
                Err(_) => return,
            }
            if wanted.has_changed().unwrap_or(true) {
                break Ok(HashMap::new());
            }
        };
        known.send_replace(Known { asked: question.asked, starts });
    }
}

fn starts(asker: &Asker, partitions: &[Partition], held: &Positions) -> Result<HashMap<Partition, Start>, KafkaError> {
    let (first, end) = (asker.beginnings(partitions)?, asker.ends(partitions)?);
    let arrivals = asker.last_arrivals(partitions)?;
    let mut starts = HashMap::new();
    for partition in partitions {
        let next = start(partition, held.next(partition), first.next(partition), end.next(partition))?;
        let last_arrival = arrivals.get(partition).copied().unwrap_or(0);
        starts.insert(partition.clone(), Start { next, last_arrival });
    }
    Ok(starts)
}

/// Where to read on, with `held` by the sinks and a log that has `first..end`.
pub(super) fn start(partition: &Partition, held: u64, first: u64, end: u64) -> Result<u64, KafkaError> {
    if held > end {
        let (topic, partition) = (partition.source.to_string(), partition.to_string());
        return Err(KafkaError::Replaced { partition, topic, end, held });
    }
    if 0 < held && held < first {
        // The broker's retention was shorter than the time without this pipeline. Nobody can bring them back; everybody
        // shall know.
        tracing::error!(%partition, records = first - held, "records were deleted by the broker before they were read");
        crate::metrics::lost(first - held);
    }
    Ok(held.max(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_starts_where_the_sinks_stand_inside_the_log() {
        let partition = Partition { source: "t".into(), number: 0 };
        assert_eq!(start(&partition, 0, 0, 9), Ok(0));
        assert_eq!(start(&partition, 5, 0, 9), Ok(5));
        assert_eq!(start(&partition, 9, 0, 9), Ok(9));
        assert_eq!(start(&partition, 0, 4, 9), Ok(4), "older than this installation");
        assert_eq!(start(&partition, 2, 4, 9), Ok(4), "lost, and said so");
        assert!(matches!(start(&partition, 10, 0, 9), Err(KafkaError::Replaced { end: 9, held: 10, .. })));
    }
}
