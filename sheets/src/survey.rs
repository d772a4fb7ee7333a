//! The first look at a file, before a row of it is read: what it is, how it is encoded, and its fingerprint.

use std::{
    fmt::Write,
    fs::File,
    io::{BufRead, Read},
    path::Path,
};

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use sha2::{Digest, Sha256};

use crate::{SheetsError, error::local, text};

/// How much of the beginning tells the delimiter.
const HEAD_BYTES: usize = 64 << 10;
/// A line longer than this has no vote on the encoding.
const VOTE_BYTES: usize = 1 << 20;

/// How a file's text is said to be encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EncodingChoice {
    /// As it looks.
    #[default]
    Auto,
    /// UTF-8.
    Utf8,
    /// GB18030, and with it GBK and GB2312.
    Gb18030,
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A JSON object a line.
    Jsonl,
    /// Delimited columns under a heading.
    Csv {
        /// Between two columns.
        delimiter: u8,
    },
    /// A workbook of sheets.
    Workbook,
}

/// What the first look found.
#[derive(Clone, Debug)]
pub struct Survey {
    /// What it is.
    pub shape: Shape,
    /// Whether it is compressed.
    pub gzip: bool,
    /// How its text is encoded; of no meaning for a workbook.
    pub encoding: &'static Encoding,
    /// SHA-256 of its (decompressed) content; empty for a workbook, whose cells count, not its bytes.
    pub fingerprint: String,
    /// Bytes on disk.
    pub bytes: u64,
}

impl Survey {
    /// Looks at the file at `path`, all of it.
    ///
    /// # Errors
    /// It cannot be read, is empty, or is none of the kinds that are known.
    pub fn of(path: &Path, choice: EncodingChoice) -> Result<Self, SheetsError> {
        let failed = |e: std::io::Error| local("读不了", path, &e);
        let mut magic = Vec::new();
        let mut file = File::open(path).map_err(failed)?;
        let bytes = file.metadata().map_err(failed)?.len();
        Read::by_ref(&mut file).take(8).read_to_end(&mut magic).map_err(failed)?;
        if magic.starts_with(b"PK\x03\x04") || magic.starts_with(b"\xd0\xcf\x11\xe0") {
            let fingerprint = String::new();
            return Ok(Self { shape: Shape::Workbook, gzip: false, encoding: UTF_8, fingerprint, bytes });
        }
        let gzip = magic.starts_with(b"\x1f\x8b");
        let look = Look::at(path, gzip).map_err(failed)?;
        let encoding = look.encoding(choice);
        let shape = shape_of(&look.head, encoding, path)?;
        Ok(Self { shape, gzip, encoding, fingerprint: look.fingerprint, bytes })
    }
}

struct Look {
    head: Vec<u8>,
    fingerprint: String,
    vote: Vote,
}

impl Look {
    fn at(path: &Path, gzip: bool) -> std::io::Result<Self> {
        let mut bytes = text::open_bytes(path, gzip, text::Progress::default())?;
        let mut hash = Sha256::new();
        let mut head = Vec::new();
        let mut vote = Vote::default();
        loop {
            let piece = bytes.fill_buf()?;
            if piece.is_empty() {
                break;
            }
            let used = piece.len();
            hash.update(piece);
            head.extend_from_slice(piece.get(..used.min(HEAD_BYTES - head.len())).unwrap_or_default());
            vote.take(piece);
            bytes.consume(used);
        }
        vote.line_ends();
        Ok(Self { head, fingerprint: hex(&hash.finalize()), vote })
    }

    fn encoding(&self, choice: EncodingChoice) -> &'static Encoding {
        match (choice, Encoding::for_bom(&self.head)) {
            (EncodingChoice::Utf8, _) => UTF_8,
            (EncodingChoice::Gb18030, _) => GB18030,
            (EncodingChoice::Auto, Some((encoding, _))) if [UTF_16LE, UTF_16BE].contains(&encoding) => encoding,
            (EncodingChoice::Auto, Some(_)) => UTF_8,
            // Chinese in GB18030 is next to never valid UTF-8: each line that is or is not tells. A few bad lines in a
            // UTF-8 file do not make it another encoding; they are rejected one by one.
            (EncodingChoice::Auto, None) if self.vote.other > self.vote.utf8 => GB18030,
            (EncodingChoice::Auto, None) => UTF_8,
        }
    }
}

/// Lines that say something about the encoding: those with more than ASCII in them.
#[derive(Default)]
struct Vote {
    utf8: u64,
    other: u64,
    line: Vec<u8>,
}

impl Vote {
    fn take(&mut self, mut piece: &[u8]) {
        while let Some(end) = memchr::memchr(b'\n', piece) {
            let (line, rest) = piece.split_at(end + 1);
            self.keep(line);
            self.line_ends();
            piece = rest;
        }
        self.keep(piece);
    }

    fn keep(&mut self, part: &[u8]) {
        let room = VOTE_BYTES + 1 - self.line.len().min(VOTE_BYTES + 1);
        self.line.extend_from_slice(part.get(..part.len().min(room)).unwrap_or_default());
    }

    fn line_ends(&mut self) {
        if !self.line.is_ascii() && self.line.len() <= VOTE_BYTES {
            match std::str::from_utf8(&self.line) {
                Ok(_) => self.utf8 += 1,
                Err(_) => self.other += 1,
            }
        }
        self.line.clear();
    }
}

fn shape_of(head: &[u8], encoding: &'static Encoding, path: &Path) -> Result<Shape, SheetsError> {
    let (text, _, _) = encoding.decode(head);
    let text = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    match text.chars().next() {
        None => Err(SheetsError::usage(format!("{} 是空的", path.display()))),
        Some('{') => Ok(Shape::Jsonl),
        Some('[') => Err(SheetsError::usage(format!(
            "{} 是一个 JSON 数组，不是每行一个对象的 JSONL；可先转换：jq -c '.[]' {0}",
            path.display()
        ))),
        Some(_) => Ok(Shape::Csv { delimiter: delimiter_of(text) }),
    }
}

/// The delimiter that is most often outside quotes in the first line; a comma where there is none.
fn delimiter_of(text: &str) -> u8 {
    let mut quoted = false;
    let mut counts = [(b',', 0), (b'\t', 0), (b';', 0), (b'|', 0)];
    for c in text.bytes() {
        match c {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if !quoted => counts.iter_mut().filter(|(d, _)| *d == c).for_each(|(_, n)| *n += 1),
            _ => {}
        }
    }
    // Of equals the first: max_by_key takes the last, so look from the end.
    counts.iter().rev().max_by_key(|(_, n)| *n).map_or(b',', |(d, _)| *d)
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(content: &[u8]) -> Survey {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        std::fs::write(&path, content).unwrap();
        Survey::of(&path, EncodingChoice::Auto).unwrap()
    }

    fn check(content: &[u8], shape: Shape, encoding: &'static Encoding) {
        let survey = look(content);
        assert_eq!((survey.shape, survey.encoding), (shape, encoding), "{:?}", String::from_utf8_lossy(content));
    }

    #[test]
    fn shapes_and_encodings() {
        let comma = Shape::Csv { delimiter: b',' };
        let tab = Shape::Csv { delimiter: b'\t' };
        let gb = |text: &str| GB18030.encode(text).0.into_owned();
        check(b"\n {\"a\":1}\n", Shape::Jsonl, UTF_8);
        check("编号,内容\n1,超时".as_bytes(), comma, UTF_8);
        check("\u{feff}编号\t内容\n".as_bytes(), tab, UTF_8);
        check("编号;内容,甲;乙\n".as_bytes(), Shape::Csv { delimiter: b';' }, UTF_8);
        check("\"编号,甲,乙\"|内容\n".as_bytes(), Shape::Csv { delimiter: b'|' }, UTF_8);
        check("内容\n只有一列".as_bytes(), comma, UTF_8);
        check(&gb("编号,内容\n1,快递超时了\n2,一直没人回电"), comma, GB18030);
        check(b"\xff\xfea\0\t\0b\0\n\0", tab, UTF_16LE);
    }

    #[test]
    fn one_bad_line_does_not_change_the_encoding() {
        let mut content = "编号,内容\n1,超时\n".as_bytes().to_vec();
        content.extend_from_slice(&GB18030.encode("2,态度差\n").0);
        content.extend_from_slice("3,没送到\n".as_bytes());
        check(&content, Shape::Csv { delimiter: b',' }, UTF_8);
    }

    #[test]
    fn the_fingerprint_is_of_the_content_not_of_its_packing() {
        let plain = b"{\"a\":1}\n{\"a\":2}\n";
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut packed, plain).unwrap();
        let packed = look(&packed.finish().unwrap());
        assert!(packed.gzip);
        assert_eq!(packed.fingerprint, look(plain).fingerprint);
        assert_ne!(packed.fingerprint, look(b"{\"a\":1}\n{\"a\":3}\n").fingerprint);
    }
}
