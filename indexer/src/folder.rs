//! The index's folder as tantivy sees it: tantivy's own memory-mapped one, but for the list of managed files.
//!
//! tantivy keeps the names of all files it made in `.managed.json`, so that it can remove those that belong to no
//! segment any more, and writes that list anew, synced, before it makes any file: six times for each segment, half of
//! what a small commit costs. The same list can be read from the folder itself, which also knows of files that a crash
//! left behind.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use tantivy::{
    Directory,
    directory::{
        DirectoryLock, FileHandle, FileSlice, Lock, MmapDirectory, WatchCallback, WatchHandle, WritePtr,
        error::{DeleteError, LockError, OpenDirectoryError, OpenReadError, OpenWriteError},
    },
};

/// Where tantivy looks for the list of its files.
const MANAGED: &str = ".managed.json";
/// Where tantivy keeps the list of segments: the commit.
const META: &str = "meta.json";
/// Hexadecimal digits of a segment's id, which its files are named by.
const SEGMENT_ID_DIGITS: usize = 32;

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    inner: MmapDirectory,
    path: PathBuf,
}

impl Folder {
    /// Opens a folder that exists.
    pub(crate) fn open(path: &Path) -> Result<Self, OpenDirectoryError> {
        Ok(Self { inner: MmapDirectory::open(path)?, path: path.to_owned() })
    }

    /// The names of all files that tantivy made.
    fn managed(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let name = entry?.file_name();
            names.extend(name.to_str().filter(|name| is_managed(name)).map(str::to_owned));
        }
        Ok(names)
    }
}

fn is_managed(name: &str) -> bool {
    let is_segment =
        |(id, _): (&str, &str)| id.len() == SEGMENT_ID_DIGITS && id.bytes().all(|digit| digit.is_ascii_hexdigit());
    name == META || name.split_once('.').is_some_and(is_segment)
}

impl Directory for Folder {
    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        if path != Path::new(MANAGED) {
            return self.inner.atomic_read(path);
        }
        let names = self.managed().and_then(|names| Ok(serde_json::to_vec(&names)?));
        names.map_err(|error| OpenReadError::IoError { io_error: Arc::new(error), filepath: path.to_owned() })
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        if path == Path::new(MANAGED) { Ok(()) } else { self.inner.atomic_write(path, data) }
    }

    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.inner.get_file_handle(path)
    }

    fn open_read(&self, path: &Path) -> Result<FileSlice, OpenReadError> {
        self.inner.open_read(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.inner.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.inner.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        self.inner.open_write(path)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.inner.sync_directory()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        self.inner.acquire_lock(lock)
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.inner.watch(callback)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_files_that_tantivy_makes() {
        for name in ["meta.json", "0123456789abcdef0123456789abcdef.store", "0123456789abcdef0123456789abcdef.12.del"] {
            assert!(is_managed(name), "{name}");
        }
        for name in [".managed.json", ".tantivy-writer.lock", "notes.txt", "meta.json.bak", "0123.store", ".tmpAbC"] {
            assert!(!is_managed(name), "{name}");
        }
    }
}
