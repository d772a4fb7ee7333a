//! `tingjian-server rebuild-attribution`: everything that is worked out of facts, from nothing.

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use tingjian_pipeline::Projector;

use crate::{cli::Common, commands::offline::with_warehouse, taxonomies::Taxonomies};

/// Between two lines of progress.
const TOLD_EVERY: Duration = Duration::from_secs(2);

/// Works all attributions, ledgers, case times and chains out again. What is there stays until its place is taken, so a run that is
/// cut off leaves nothing worse than it was.
///
/// # Errors
/// The data folder is in use, the warehouse does not answer.
pub fn run(options: &Common) -> anyhow::Result<ExitCode> {
    with_warehouse(options, async |config, warehouse| {
        // The newest that somebody saved counts, as it does for the server.
        let taxonomies = Taxonomies::open(&config.analysis, warehouse.clone())?;
        taxonomies.refresh().await?;
        let projector = Projector::new(warehouse, taxonomies.taxonomy().clone(), Timestamp::now);
        let mut told: Option<Instant> = None;
        let written = projector
            .rebuild(|done, total| {
                if done == total || told.is_none_or(|told| told.elapsed() >= TOLD_EVERY) {
                    told = Some(Instant::now());
                    eprintln!("重建归因：{done}/{total} 条事件");
                }
            })
            .await?;
        println!("归因已重建：{written} 行");
        Ok(())
    })?;
    Ok(ExitCode::SUCCESS)
}
