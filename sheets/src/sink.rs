//! Where output goes: standard output, or a file that is whole or not there.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use crate::{SheetsError, error::local};

/// Standard output, or a file that takes its name only once it is whole.
pub struct Sink {
    inner: Box<dyn Write>,
    file: Option<(PathBuf, PathBuf)>,
}

impl Sink {
    /// Opens standard output (`None`) or the file at `path`.
    ///
    /// # Errors
    /// The file cannot be created.
    pub fn open(path: Option<&Path>) -> Result<Self, SheetsError> {
        let Some(path) = path else {
            return Ok(Self { inner: Box::new(BufWriter::new(io::stdout())), file: None });
        };
        let part = part_of(path);
        let file = File::create(&part).map_err(|e| local("写不了", path, &e))?;
        Ok(Self { inner: Box::new(BufWriter::new(file)), file: Some((part, path.to_owned())) })
    }

    /// Writes what is buffered and gives the file its name.
    ///
    /// # Errors
    /// The output cannot be written.
    pub fn close(mut self) -> Result<(), SheetsError> {
        self.inner.flush()?;
        if let Some((part, path)) = self.file.take() {
            std::fs::rename(&part, &path).map_err(|e| local("写不了", &path, &e))?;
        }
        Ok(())
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// A file left half-written is taken away again.
impl Drop for Sink {
    fn drop(&mut self) {
        if let Some((part, _)) = &self.file {
            // Nothing more can be done about a leftover than this try.
            let _ = std::fs::remove_file(part);
        }
    }
}

/// The name a file has until it is whole.
pub fn part_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    path.with_file_name(name)
}
