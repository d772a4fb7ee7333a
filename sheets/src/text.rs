//! A text file as UTF-8, whatever it was: decompressed, decoded, without its byte-order mark.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use encoding_rs::{CoderResult, Decoder, Encoding};
use flate2::read::MultiGzDecoder;

/// Read from disk at a time.
const BUFFER_BYTES: usize = 1 << 20;
/// Decoded at a time.
const DECODED_BYTES: usize = 64 << 10;

/// How far a file has been read, in bytes on disk.
pub type Progress = Arc<AtomicU64>;

/// A file's text.
pub type Text = Box<dyn BufRead + Send>;

/// Opens the bytes of `path`, decompressed where `gzip`.
///
/// # Errors
/// It cannot be opened.
pub fn open_bytes(path: &Path, gzip: bool, progress: Progress) -> io::Result<Text> {
    let file = Counted { file: File::open(path)?, progress };
    Ok(if gzip {
        Box::new(BufReader::with_capacity(BUFFER_BYTES, MultiGzDecoder::new(file)))
    } else {
        Box::new(BufReader::with_capacity(BUFFER_BYTES, file))
    })
}

/// Opens the text of `path`. Bytes that are not of `encoding` become U+FFFD, except in UTF-8, which stays as it is.
///
/// # Errors
/// It cannot be opened or read.
pub fn open(path: &Path, gzip: bool, encoding: &'static Encoding, progress: Progress) -> io::Result<Text> {
    let mut bytes = open_bytes(path, gzip, progress)?;
    if encoding == encoding_rs::UTF_8 {
        if bytes.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
            bytes.consume(3);
        }
        return Ok(bytes);
    }
    let decoded = Decoded { bytes, decoder: encoding.new_decoder_with_bom_removal(), ended: false };
    Ok(Box::new(BufReader::with_capacity(DECODED_BYTES, decoded)))
}

struct Counted {
    file: File,
    progress: Progress,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.progress.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

struct Decoded {
    bytes: Text,
    decoder: Decoder,
    ended: bool,
}

impl Read for Decoded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while !self.ended && !buffer.is_empty() {
            let source = self.bytes.fill_buf()?;
            let last = source.is_empty();
            let (result, read, written, _) = self.decoder.decode_to_utf8(source, buffer, last);
            self.bytes.consume(read);
            self.ended = last && result == CoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
            if result == CoderResult::OutputFull {
                // No room for even one character: the caller's buffer is at least DECODED_BYTES, so this is its defect.
                return Err(io::Error::other("buffer too small for one character"));
            }
        }
        Ok(0)
    }
}

/// Whether decoded text has characters in it that stand for bytes which could not be decoded.
pub fn was_malformed(text: &[u8]) -> bool {
    memchr::memmem::find(text, "\u{fffd}".as_bytes()).is_some()
}
