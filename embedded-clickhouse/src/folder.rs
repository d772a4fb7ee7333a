//! The data folder: made private, and held by one process at a time.

use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// File whose lock says that a process uses the folder; its text is that process's id.
const LOCK_FILE: &str = "engine.lock";

/// Rights of the folder: nobody but its owner.
const FOLDER_MODE: u32 = 0o700;

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Another process has it.
    #[error(
        "数据文件夹 {} 正被另一个进程（pid {holder}）使用；请先停止它。\
         The data folder {} is in use by another process (pid {holder}); stop that one first.",
        path.display(),
        path.display()
    )]
    Held {
        /// The folder.
        path: PathBuf,
        /// The other process's id as it wrote it.
        holder: String,
    },
    /// It cannot be made, entered or written.
    #[error(
        "数据文件夹 {} 无法使用：{error}。请检查权限和剩余空间。\
         The data folder {} cannot be used: {error}. Check its rights and the free space.",
        path.display(),
        path.display()
    )]
    Unusable {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

/// A folder that this process holds until the value is dropped.
#[derive(Debug)]
pub struct Folder {
    /// The folder, absolute.
    pub path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Makes the folder if need be, makes it private, and takes its lock.
    ///
    /// # Errors
    /// [`FolderError`]; both kinds need a person.
    pub fn hold(path: &Path) -> Result<Self, FolderError> {
        let unusable = |error| FolderError::Unusable { path: path.into(), error };
        make_private(path).map_err(unusable)?;
        let absolute = path.canonicalize().map_err(unusable)?;
        let mut lock = open_lock(&absolute).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(FolderError::Held { path: absolute, holder: holder(&mut lock) });
            }
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
        sign(&mut lock).map_err(unusable)?;
        Ok(Self { path: absolute, _lock: lock })
    }

    /// Writes a small file into the folder.
    ///
    /// # Errors
    /// [`FolderError::Unusable`].
    pub fn write(&self, name: &str, text: &str) -> Result<PathBuf, FolderError> {
        let file = self.path.join(name);
        fs::write(&file, text).map_err(|error| FolderError::Unusable { path: self.path.clone(), error })?;
        Ok(file)
    }
}

fn make_private(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(path)?;
    if fs::metadata(path)?.permissions().mode() & 0o777 != FOLDER_MODE {
        fs::set_permissions(path, Permissions::from_mode(FOLDER_MODE))?;
    }
    Ok(())
}

fn open_lock(folder: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(folder.join(LOCK_FILE))
}

fn holder(lock: &mut File) -> String {
    let mut text = String::new();
    match lock.read_to_string(&mut text) {
        Ok(_) if !text.trim().is_empty() => text.trim().to_owned(),
        _ => "?".into(),
    }
}

/// Writes and syncs our id: on a full disk this fails here, in words, and not somewhere inside the engine.
fn sign(lock: &mut File) -> io::Result<()> {
    lock.set_len(0)?;
    lock.rewind()?;
    writeln!(lock, "{}", std::process::id())?;
    lock.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_private_and_held_once() {
        let parent = tempfile::tempdir().expect("a folder");
        let path = parent.path().join("a/b");
        let folder = Folder::hold(&path).expect("held");
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, FOLDER_MODE);

        let message = Folder::hold(&path).expect_err("held already").to_string();
        assert!(message.contains(&format!("pid {}", std::process::id())), "{message}");
        assert!(message.contains(path.to_str().expect("utf-8")) && message.contains("正被另一个进程"), "{message}");

        drop(folder);
        Folder::hold(&path).expect("free again");
    }

    #[test]
    fn a_file_in_the_way_is_said_in_words() {
        let parent = tempfile::tempdir().expect("a folder");
        let path = parent.path().join("file");
        fs::write(&path, "x").expect("written");
        let error = Folder::hold(&path).expect_err("not a folder");
        assert!(matches!(&error, FolderError::Unusable { .. }), "{error}");
    }
}
