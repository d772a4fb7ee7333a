//! The taxonomy in force: the shipped one, a file's, or the newest that somebody saved. Versions are kept in ClickHouse, where
//! every process finds them.

pub mod draft;
pub mod preview;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use tingjian_analysis::{Analyser, AnalyserError, Options};
use tingjian_pipeline::Current;
use tingjian_query::CAUSES_OF_FACTS;
use tingjian_schemas::Taxonomy;
use tingjian_warehouse::{StoredTaxonomy, Warehouse, WarehouseError};
use tokio::sync::{Mutex, watch};

use crate::{app::understanding, config::Analysis};

/// Between two looks whether another process saved a version.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Longest note, characters.
pub const NOTE_CHARACTERS: usize = 200;

/// What everybody reads and counts by, and how it is changed.
pub struct Taxonomies {
    warehouse: Warehouse,
    /// Of the analyser: dictionary, model, rules.
    options: Options,
    /// The organisation keeps it in a file of its own: it is changed there.
    is_file: bool,
    /// The stored version in force; 0: none.
    stored: AtomicU32,
    taxonomy: Current<Taxonomy>,
    analyser: Current<Analyser>,
    changing: Mutex<()>,
}

/// Why a taxonomy was not saved.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// Everything that is wrong with it, a sentence each.
    #[error("{}", .0.join("；"))]
    Wrong(Vec<String>),
    /// It was made from another version than the one in force.
    #[error("根因分类已更新到第 {0} 版：请在最新一版上重新修改")]
    Outdated(u32),
    /// It is not changed here.
    #[error("根因分类由配置项 analysis.taxonomy 的文件管理：请修改该文件并重启")]
    File,
    /// The warehouse is away or broken.
    #[error(transparent)]
    Warehouse(#[from] WarehouseError),
    /// A defect.
    #[error("内部错误：{0}")]
    Thread(#[from] tokio::task::JoinError),
}

impl Taxonomies {
    /// With the file's taxonomy, or the shipped one until a stored one is read. Waits for nothing.
    ///
    /// # Errors
    /// Unreadable or invalid taxonomy, dictionary or model.
    pub fn open(settings: &Analysis, warehouse: Warehouse) -> anyhow::Result<Self> {
        let taxonomy = understanding::taxonomy(settings)?;
        let options = understanding::options(settings)?;
        let analyser = Analyser::new(&taxonomy, &options)?;
        Ok(Self {
            warehouse,
            options,
            is_file: settings.taxonomy.is_some(),
            stored: AtomicU32::new(0),
            taxonomy: Arc::new(taxonomy).into(),
            analyser: Arc::new(analyser).into(),
            changing: Mutex::default(),
        })
    }

    /// The taxonomy in force.
    pub const fn taxonomy(&self) -> &Current<Taxonomy> {
        &self.taxonomy
    }

    /// The analyser over it.
    pub const fn analyser(&self) -> &Current<Analyser> {
        &self.analyser
    }

    /// Whether it is kept in a file, and not changed here.
    pub const fn is_file(&self) -> bool {
        self.is_file
    }

    /// Puts the newest stored version in force, where there is one that is not.
    ///
    /// # Errors
    /// The warehouse is away.
    pub async fn refresh(&self) -> Result<(), WarehouseError> {
        let _one_at_a_time = self.changing.lock().await;
        self.take_newest().await
    }

    async fn take_newest(&self) -> Result<(), WarehouseError> {
        if self.is_file {
            return Ok(());
        }
        let Some(newest) = self.warehouse.taxonomy_after(self.stored.load(Ordering::SeqCst)).await? else {
            return Ok(());
        };
        // It was valid when it was saved. A program that cannot read it goes on with the one it has, and says so.
        match Taxonomy::parse(&newest.file) {
            Ok(taxonomy) => match self.analyser_of(&taxonomy).await {
                Ok(Ok(analyser)) => self.put_in_force(newest.version, taxonomy, analyser),
                Ok(Err(error)) => tracing::error!(newest.version, %error, "the newest taxonomy cannot be used"),
                Err(error) => tracing::error!(newest.version, %error, "the newest taxonomy cannot be used"),
            },
            Err(error) => tracing::error!(newest.version, %error, "the newest taxonomy cannot be read"),
        }
        Ok(())
    }

    /// Compiling takes its time: on a thread that may.
    async fn analyser_of(
        &self,
        taxonomy: &Taxonomy,
    ) -> Result<Result<Analyser, AnalyserError>, tokio::task::JoinError> {
        let (taxonomy, options) = (taxonomy.clone(), self.options.clone());
        tokio::task::spawn_blocking(move || Analyser::new(&taxonomy, &options)).await
    }

    fn put_in_force(&self, stored: u32, taxonomy: Taxonomy, analyser: Analyser) {
        tracing::info!(version = stored, citation = taxonomy.citation(), "taxonomy in force");
        self.taxonomy.replace(Arc::new(taxonomy));
        self.analyser.replace(Arc::new(analyser));
        self.stored.store(stored, Ordering::SeqCst);
    }

    /// Looks for versions that other processes saved, until `stop` turns true.
    pub async fn follow(&self, mut stop: watch::Receiver<bool>) {
        loop {
            if let Err(error) = self.refresh().await {
                tracing::debug!(%error, "no look at the taxonomies");
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// A draft made from the version in force: the taxonomy it would be, under the next version's number, with its analyser.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub async fn check(&self, file: &str) -> Result<(Taxonomy, Analyser), SaveError> {
        let before = self.taxonomy.get();
        let draft = Taxonomy::check(file)
            .map_err(|wrong| SaveError::Wrong(wrong.iter().map(|error| error.problem.zh()).collect()))?;
        if draft.version != before.version {
            return Err(SaveError::Outdated(before.version));
        }
        let mut wrong = Vec::new();
        for code in CAUSES_OF_FACTS.iter().filter(|code| draft.cause(code).is_none() && before.cause(code).is_some()) {
            wrong.push(format!("根因 {code:?} 由承诺、交付等事实判定，不能删除或改代码；名称、责任部门可以改"));
        }
        for code in draft.lost(&before).iter().filter(|code| !CAUSES_OF_FACTS.contains(&&***code)) {
            wrong.push(format!("根因 {code:?} 被删除或改了代码：请写明今后归入哪个根因（moved），或归入 other"));
        }
        if !wrong.is_empty() {
            return Err(SaveError::Wrong(wrong));
        }
        let next = Taxonomy { version: draft.version.saturating_add(1), ..draft };
        // Read again: the fingerprint covers the version.
        let next = Taxonomy::parse(&next.to_toml()).map_err(|error| SaveError::Wrong(vec![error.problem.zh()]))?;
        let analyser = self.analyser_of(&next).await?.map_err(|error| SaveError::Wrong(vec![error.to_string()]))?;
        Ok((next, analyser))
    }

    /// Saves a draft as the next version and puts it in force. What was read before stays as it was read until it is read again.
    ///
    /// # Errors
    /// It is wrong, outdated, or not changed here; the warehouse is away.
    pub async fn save(&self, file: &str, by: &str, note: &str, at: Timestamp) -> Result<Arc<Taxonomy>, SaveError> {
        if self.is_file {
            return Err(SaveError::File);
        }
        let _one_at_a_time = self.changing.lock().await;
        self.take_newest().await?;
        let (next, analyser) = self.check(file).await?;
        let note: String = note.trim().chars().take(NOTE_CHARACTERS).collect();
        let (version, file) = (next.version, next.to_toml());
        let saving = StoredTaxonomy { version, at: at.as_millisecond(), saved_by: by.to_owned(), note, file };
        self.warehouse.keep_taxonomy(&saving).await?;
        // Of two processes that saved at the same moment one was first.
        let first = self.warehouse.taxonomy(version).await?;
        if first.is_none_or(|first| first != saving) {
            self.take_newest().await?;
            return Err(SaveError::Outdated(version));
        }
        self.put_in_force(version, next, analyser);
        Ok(self.taxonomy.get())
    }

    /// Versions that people saved, the newest first.
    ///
    /// # Errors
    /// The warehouse is away.
    pub async fn versions(&self) -> Result<Vec<StoredTaxonomy>, WarehouseError> {
        self.warehouse.taxonomies().await
    }

    /// A version: one saved, or the one in force; `None`: there is none of that number.
    ///
    /// # Errors
    /// The warehouse is away.
    pub async fn version(&self, version: u32) -> Result<Option<Arc<Taxonomy>>, WarehouseError> {
        let now = self.taxonomy.get();
        if now.version == version {
            return Ok(Some(now));
        }
        let stored = self.warehouse.taxonomy(version).await?;
        let saved = stored.and_then(|stored| Taxonomy::parse(&stored.file).ok());
        Ok(saved.or_else(|| Taxonomy::shipped().ok().filter(|shipped| shipped.version == version)).map(Arc::new))
    }
}
