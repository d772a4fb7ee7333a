//! What a change would move: some records read again with the draft, beside how they are read now.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::Serialize;
use tingjian_analysis::{Analyser, Context};
use tingjian_pipeline::reads_otherwise;
use tingjian_schemas::{OTHER, Reading};
use tingjian_warehouse::{Span, StoredRecord};
use utoipa::ToSchema;

use super::{SaveError, Taxonomies};

/// Records drawn.
const SAMPLE: u32 = 2_000;
/// From how far back.
const DAYS: i64 = 56;

/// What a change would move, on a sample. Facts and judgements, which outrank texts, are left aside.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Preview {
    /// Records of the last eight weeks that were read again.
    pub sampled: usize,
    /// Of them those whose kind, primary cause or department would be another.
    pub moved: usize,
    /// By primary cause, those that would change first.
    pub causes: Vec<Shift>,
    /// By department of the primary cause.
    pub departments: Vec<Shift>,
}

/// Records of the sample under one name, as they are read now and as they would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Shift {
    /// Code of a cause, or name of a department.
    pub key: String,
    /// Now.
    pub before: usize,
    /// With the draft.
    pub after: usize,
}

impl Taxonomies {
    /// What a draft would move.
    ///
    /// # Errors
    /// What is wrong with the draft; the warehouse is away.
    pub async fn preview(&self, file: &str) -> Result<Preview, SaveError> {
        let (_, analyser) = self.check(file).await?;
        let Some(newest) = self.warehouse.newest_event_at().await? else { return Ok(Preview::default()) };
        let since = newest.checked_sub(SignedDuration::from_hours(DAYS * 24)).ok();
        let drawn = self.warehouse.sample(Span { since, until: None }, SAMPLE).await?;
        let now = self.analyser.get();
        Ok(tokio::task::spawn_blocking(move || compare(&now, &analyser, &drawn)).await?)
    }
}

/// Both read the texts: what an older model or taxonomy once read is not this change's doing.
fn compare(now: &Analyser, draft: &Analyser, drawn: &[StoredRecord]) -> Preview {
    let mut preview = Preview { sampled: drawn.len(), ..Preview::default() };
    let (mut causes, mut departments) = (BTreeMap::new(), BTreeMap::new());
    for record in drawn.iter().map(|stored| &stored.record) {
        let context = Context { occurred_at: Some(record.head.occurred_at) };
        let readings = [now, draft].map(|analyser| analyser.read(&record.reading.text, &context));
        let [before, after] = &readings;
        preview.moved += usize::from(reads_otherwise(before, after));
        for (at, reading) in readings.iter().enumerate() {
            let (cause, department) = counted(reading);
            count(&mut causes, cause, at);
            count(&mut departments, department, at);
        }
    }
    preview.causes = shifts(causes);
    preview.departments = shifts(departments);
    preview
}

fn counted(reading: &Reading) -> (&str, &str) {
    reading.causes.first().map_or((OTHER, tingjian_schemas::NOBODY), |cause| (&*cause.code, &*cause.department))
}

fn count(counts: &mut BTreeMap<String, [usize; 2]>, key: &str, at: usize) {
    let places = counts.entry(key.to_owned()).or_default();
    if let Some(place) = places.get_mut(at) {
        *place += 1;
    }
}

/// Those that change most first, then the largest.
fn shifts(counts: BTreeMap<String, [usize; 2]>) -> Vec<Shift> {
    let mut shifts: Vec<Shift> =
        counts.into_iter().map(|(key, [before, after])| Shift { key, before, after }).collect();
    shifts.sort_by_key(|shift| std::cmp::Reverse((shift.before.abs_diff(shift.after), shift.before)));
    shifts
}
