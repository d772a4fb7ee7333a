//! Files only their owner may read: the link key.

use std::{
    fs::OpenOptions,
    io::{ErrorKind, Read, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use hmac::{Hmac, KeyInit};
use sha2::{Digest, Sha256};

/// Bytes of a new secret.
const SECRET_BYTES: usize = 32;
/// A link key shorter than this could be guessed.
const LEAST_KEY_BYTES: usize = 16;

/// Why a secret cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// File trouble.
    #[error("密钥文件 {path} 无法读写：{source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Too short to be a key.
    #[error("密钥文件 {path} 只有 {found} 字节，至少需要 {LEAST_KEY_BYTES} 字节随机内容")]
    TooShort {
        /// The file.
        path: PathBuf,
        /// Its length.
        found: usize,
    },
    /// The system gives no randomness.
    #[error("系统随机数不可用：{0}")]
    Randomness(#[from] getrandom::Error),
}

/// The key in `path`; where there is none and `create` is set, a new one is written (mode 0600).
///
/// # Errors
/// See [`SecretError`].
pub fn key(path: &Path, create: bool) -> Result<Vec<u8>, SecretError> {
    let trouble = |source| SecretError::File { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    match std::fs::File::open(path) {
        Ok(mut file) => {
            file.read_to_end(&mut bytes).map_err(trouble)?;
        }
        Err(error) if error.kind() == ErrorKind::NotFound && create => {
            bytes = random()?.to_vec();
            write(path, &bytes)?;
        }
        Err(error) => return Err(trouble(error)),
    }
    if bytes.len() < LEAST_KEY_BYTES {
        return Err(SecretError::TooShort { path: path.to_owned(), found: bytes.len() });
    }
    Ok(bytes)
}

/// Fresh random bytes.
///
/// # Errors
/// When the system gives none.
pub fn random() -> Result<[u8; SECRET_BYTES], SecretError> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// Writes a new file that only its owner may read; whole or not at all.
///
/// # Errors
/// File trouble.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), SecretError> {
    let trouble = |source| SecretError::File { path: path.to_owned(), source };
    let draft = path.with_extension("new");
    let mut file =
        OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&draft).map_err(trouble)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(trouble)?;
    std::fs::rename(&draft, path).map_err(trouble)
}

/// A keyed hash for one purpose.
pub fn keyed(purpose: &str, secret: &[u8]) -> Hmac<Sha256> {
    let mut key = hmac::digest::Key::<Hmac<Sha256>>::default();
    let digest = Sha256::new().chain_update("tingjian ").chain_update(purpose).chain_update(secret).finalize();
    for (to, from) in key.iter_mut().zip(digest) {
        *to = from;
    }
    Hmac::new(&key)
}
