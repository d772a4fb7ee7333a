//! A copy of what this server keeps: everything in the data folder but the index, which is rebuilt, and the locks.
//!
//! Tables first, then the journal: so the journal is never behind them, and what came in between is read from it again.

use std::{
    fs,
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, bail};
use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};
use serde::{Deserialize, Serialize};
use tingjian_warehouse::{BackupState, Warehouse};
use tokio::time::{Instant, sleep};

/// Of the copy's own layout.
const FORMAT: u32 = 1;
/// Written last: a folder without it is no whole copy.
const MANIFEST: &str = "manifest.json";
/// Files of the data folder.
const FILES: &str = "files";
/// Tables.
const TABLES: &str = "warehouse";
/// A link key that lies outside of the data folder.
const LINK_KEY: &str = "link.key";
/// Parts of a data folder that are made anew, or mean nothing elsewhere.
const LEFT_OUT: [&str; 6] = ["index", "index.rebuilding", "index.replaced", "warehouse", "server.lock", "lost+found"];
/// Between two questions about a copy that is under way.
const LOOK_INTERVAL: Duration = Duration::from_millis(200);
/// Longest time for copying the tables.
const TABLES_WITHIN: Duration = Duration::from_secs(24 * 3_600);

/// What a copy says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`].
    format: u32,
    /// Version of the program.
    version: String,
    /// When it was whole.
    made_at: Timestamp,
    /// Whether the tables are in the folder; else they are where `clickhouse` says, or nowhere.
    pub tables: bool,
    /// Where ClickHouse put them.
    pub clickhouse: Option<String>,
}

/// A folder that holds a copy, or is to hold one.
pub struct Backup {
    folder: PathBuf,
}

impl Backup {
    /// A new and empty one, which nobody else may read.
    ///
    /// # Errors
    /// There is something in the folder already.
    pub fn create(folder: &Path) -> anyhow::Result<Self> {
        make_folder(folder)?;
        if fs::read_dir(folder)?.next().is_some() {
            bail!("{} 不是空目录：请给出一个新的目录", folder.display());
        }
        Ok(Self { folder: folder.to_owned() })
    }

    /// One that was made before.
    ///
    /// # Errors
    /// It is not whole, or of another program.
    pub fn open(folder: &Path) -> anyhow::Result<(Self, Manifest)> {
        let path = folder.join(MANIFEST);
        let text = fs::read_to_string(&path)
            .with_context(|| format!("{} 里没有完整的备份（缺少 {MANIFEST}）", folder.display()))?;
        let manifest: Manifest = serde_json::from_str(&text).with_context(|| format!("读不懂 {}", path.display()))?;
        if manifest.format != FORMAT {
            bail!("备份的格式是 {}，本程序只认识 {FORMAT}：请用做备份的那一版程序", manifest.format);
        }
        Ok((Self { folder: folder.to_owned() }, manifest))
    }

    /// Where tables lie.
    pub fn tables(&self) -> PathBuf {
        self.folder.join(TABLES)
    }

    /// Copies the files of a data folder, databases as they are at one moment, and the link key where it lies elsewhere.
    ///
    /// # Errors
    /// What cannot be read or written.
    pub fn take_files(&self, data_dir: &Path, link_key: Option<&Path>) -> anyhow::Result<()> {
        let to = self.folder.join(FILES);
        make_folder(&to)?;
        for entry in entries(data_dir)? {
            let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let is_beside = name.ends_with("-wal") || name.ends_with("-shm");
            if is_beside || LEFT_OUT.contains(&name.as_str()) {
                continue;
            }
            match entry.extension().is_some_and(|extension| extension == "sqlite") {
                true => copy_database(&entry, &to.join(&name))?,
                false => copy(&entry, &to.join(&name))?,
            }
        }
        link_key.map_or(Ok(()), |path| copy(path, &self.folder.join(LINK_KEY)))
    }

    /// Says that it is whole.
    ///
    /// # Errors
    /// The disk.
    pub fn finish(&self, clickhouse: Option<&str>) -> anyhow::Result<()> {
        let manifest = Manifest {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            made_at: Timestamp::now(),
            tables: self.tables().is_dir(),
            clickhouse: clickhouse.map(str::to_owned),
        };
        let text = serde_json::to_string_pretty(&manifest)?;
        let path = self.folder.join(MANIFEST);
        fs::write(&path, text).with_context(|| format!("写不了 {}", path.display()))
    }

    /// Puts the files into a new data folder.
    ///
    /// # Errors
    /// There is something in it; the disk.
    pub fn give_files(&self, data_dir: &Path) -> anyhow::Result<()> {
        make_folder(data_dir)?;
        if entries(data_dir)?.iter().any(|path| !path.ends_with("server.lock")) {
            bail!("数据目录 {} 不是空的：恢复只写入新的目录", data_dir.display());
        }
        for entry in entries(&self.folder.join(FILES))? {
            copy(&entry, &data_dir.join(entry.file_name().unwrap_or_default()))?;
        }
        Ok(())
    }

    /// The link key that lay outside of the data folder.
    pub fn link_key(&self) -> Option<PathBuf> {
        Some(self.folder.join(LINK_KEY)).filter(|path| path.is_file())
    }
}

/// Waits until ClickHouse has copied its tables, or brought them back.
///
/// # Errors
/// What it says; it was restarted meanwhile.
pub async fn wait_for_tables(warehouse: &Warehouse, id: &str) -> anyhow::Result<()> {
    let begun = Instant::now();
    loop {
        match warehouse.backup_state(id).await? {
            BackupState::Done => return Ok(()),
            BackupState::Failed(why) => bail!("ClickHouse 没有完成：{why}"),
            BackupState::Unknown => bail!("ClickHouse 不知道这次复制：它可能重启过，请再来一次"),
            BackupState::Running if begun.elapsed() < TABLES_WITHIN => sleep(LOOK_INTERVAL).await,
            BackupState::Running => bail!("ClickHouse 在 {} 小时内没有完成", TABLES_WITHIN.as_secs() / 3_600),
        }
    }
}

/// Moves a folder, also to another disk.
///
/// # Errors
/// The disk.
pub fn move_folder(from: &Path, to: &Path) -> anyhow::Result<()> {
    if fs::rename(from, to).is_ok() {
        return Ok(());
    }
    copy(from, to)?;
    fs::remove_dir_all(from).with_context(|| format!("无法删除 {}", from.display()))
}

/// Copies a file, or a folder with everything in it.
///
/// # Errors
/// The disk.
pub fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let failed = || format!("无法把 {} 复制到 {}", from.display(), to.display());
    if !from.is_dir() {
        return fs::copy(from, to).map(drop).with_context(failed);
    }
    make_folder(to)?;
    entries(from)?.iter().try_for_each(|entry| copy(entry, &to.join(entry.file_name().unwrap_or_default())))
}

/// A database that others may be writing to, as it is at one moment.
fn copy_database(from: &Path, to: &Path) -> anyhow::Result<()> {
    let failed = || format!("无法备份 {}", from.display());
    let source = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_ONLY).with_context(failed)?;
    source.execute("VACUUM INTO ?1", [to.to_string_lossy()]).with_context(failed)?;
    fs::set_permissions(to, fs::Permissions::from_mode(0o600)).with_context(failed)
}

fn make_folder(path: &Path) -> anyhow::Result<()> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.with_context(|| format!("无法创建目录 {}", path.display()))
}

fn entries(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let listed = fs::read_dir(folder).with_context(|| format!("读不到目录 {}", folder.display()))?;
    Ok(listed.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?)
}
