//! `tingjian-server rebuild-index`: a new search index out of the warehouse, for a folder that was lost or damaged.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context;
use tingjian_analysis::Analyser;
use tingjian_indexer::{Index, IndexSink};
use tingjian_schemas::{Batch, Entry, Item, Positions};
use tingjian_warehouse::{Filters, PageCursor, StoredRecord, Warehouse};

use crate::{
    app::{self, understanding},
    cli::Common,
    commands::offline::with_warehouse,
    config::Config,
};

/// Records read at a time, and committed at a time.
const PAGE_ROWS: u32 = 20_000;
/// Between two lines of progress.
const TOLD_EVERY: Duration = Duration::from_secs(2);

/// Builds the index anew beside the old one and puts it in its place when it is whole. The server must not run.
///
/// # Errors
/// The data folder is in use, the warehouse does not answer, the disk is full.
pub fn run(options: &Common) -> anyhow::Result<ExitCode> {
    with_warehouse(options, async |config, warehouse| rebuild(&config, &warehouse).await)?;
    Ok(ExitCode::SUCCESS)
}

/// Builds it over a warehouse that answers; the data folder is the caller's.
///
/// # Errors
/// As [`run`].
pub async fn rebuild(config: &Config, warehouse: &Warehouse) -> anyhow::Result<()> {
    let folder = config.server.data_dir.join("index");
    let fresh = Fresh::make(&folder)?;
    let written = fill(config, warehouse, &fresh.path).await?;
    fresh.replace(&folder)?;
    eprintln!("检索索引已重建：{written} 条记录，位于 {}", folder.display());
    Ok(())
}

/// A folder beside the index, thrown away unless it takes the index's place.
struct Fresh {
    path: PathBuf,
}

impl Fresh {
    fn make(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.with_extension("rebuilding");
        remove(&path)?;
        Ok(Self { path })
    }

    /// The old index is set aside first, so that a crash in between leaves one of the two.
    fn replace(self, folder: &Path) -> anyhow::Result<()> {
        let old = folder.with_extension("replaced");
        remove(&old)?;
        if folder.exists() {
            fs::rename(folder, &old).with_context(|| format!("无法移开旧索引 {}", folder.display()))?;
        }
        fs::rename(&self.path, folder).with_context(|| format!("无法放置新索引 {}", folder.display()))?;
        remove(&old)
    }
}

fn remove(path: &Path) -> anyhow::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("无法删除 {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Writes every record of the warehouse to a new index, with the warehouse's own positions: from there both go on.
async fn fill(config: &Config, warehouse: &Warehouse, folder: &Path) -> anyhow::Result<u64> {
    let positions = warehouse.positions().await?;
    let total = warehouse.record_count(&Filters::default()).await?;
    let analyser = Arc::new(understanding::analyser(&config.analysis)?);
    let index = Index::open(folder, &app::index_options(config)).context("打开新索引")?;
    let mut sink = index.writer().context("打开索引写入")?;
    let (mut after, mut written, mut told): (Option<PageCursor>, u64, Option<Instant>) = (None, 0, None);
    loop {
        let page = warehouse.record_page(&Filters::default(), after.as_ref(), PAGE_ROWS).await?;
        written += page.records.len() as u64;
        let analyser = Arc::clone(&analyser);
        let stored = tokio::task::spawn_blocking(move || store(sink, &analyser, page.records, &Positions::default()));
        sink = stored.await.context("索引写入线程异常退出")??;
        if told.is_none_or(|told| told.elapsed() >= TOLD_EVERY) {
            told = Some(Instant::now());
            eprintln!("重建索引：{written}/{total} 条");
        }
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    sink.commit(&positions)?;
    Ok(written)
}

fn store(
    mut sink: IndexSink,
    analyser: &Analyser,
    records: Vec<StoredRecord>,
    upto: &Positions,
) -> anyhow::Result<IndexSink> {
    let items = records.into_iter().map(|stored| item(analyser, stored)).collect();
    sink.write(&Batch { items, upto: upto.clone() })?;
    sink.commit(upto)?;
    Ok(sink)
}

/// The record as the flow would have handed it over: the warehouse keeps all of it but the words.
fn item(analyser: &Analyser, stored: StoredRecord) -> Item {
    let mut record = stored.record;
    record.reading.words = analyser.words(&record.reading.text);
    Item {
        position: stored.position,
        arrival: stored.arrival,
        received_at: stored.received_at,
        content_hash: stored.content_hash,
        generation: 0,
        maybe_repeat: false,
        entry: Entry::Record(Box::new(record)),
    }
}
