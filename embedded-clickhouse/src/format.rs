//! Output formats: which can be sent block by block, and how the documents of the blocks join into one.
//!
//! libchdb formats every block of a streamed select as a document of its own. For row-wise formats these documents can
//! simply follow each other, once the header (names, types) of all but the first is cut off. The others (JSON, Parquet,
//! Pretty, …) have a frame around all rows and are made in one piece.

/// How many header parts stand before the rows of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Header {
    None,
    /// Text lines; a line break inside double quotes does not count.
    Lines(usize),
    /// A count, then that many strings for each list (all as LEB128 lengths): names, or names and types.
    Binary(usize),
}

/// Joins the blocks of a streamed select.
#[derive(Debug)]
pub struct Joiner {
    header: Header,
    /// The header of the first block.
    first: Option<Vec<u8>>,
}

impl Joiner {
    /// `None` if the format has to be made in one piece.
    pub fn new(format: &str) -> Option<Self> {
        let header = match format {
            "TabSeparated" | "TSV" | "TabSeparatedRaw" | "TSVRaw" | "CSV" | "RowBinary" | "Native" | "JSONEachRow"
            | "JSONLines" | "NDJSON" | "JSONStringsEachRow" | "JSONCompactEachRow" => Header::None,
            "TabSeparatedWithNames" | "TSVWithNames" | "CSVWithNames" | "JSONCompactEachRowWithNames" => {
                Header::Lines(1)
            }
            "TabSeparatedWithNamesAndTypes"
            | "TSVWithNamesAndTypes"
            | "CSVWithNamesAndTypes"
            | "JSONCompactEachRowWithNamesAndTypes" => Header::Lines(2),
            "RowBinaryWithNames" => Header::Binary(1),
            "RowBinaryWithNamesAndTypes" => Header::Binary(2),
            _ => return None,
        };
        Some(Self { header, first: None })
    }

    /// The part of a block's document that has to be sent.
    pub fn join(&mut self, block: Vec<u8>) -> Vec<u8> {
        match &self.first {
            None => {
                self.first = Some(block.get(..self.header_length(&block)).unwrap_or_default().to_vec());
                block
            }
            Some(first) if !first.is_empty() && block.starts_with(first) => {
                block.get(first.len()..).unwrap_or_default().to_vec()
            }
            Some(_) => block,
        }
    }

    fn header_length(&self, block: &[u8]) -> usize {
        match self.header {
            Header::None => 0,
            Header::Lines(lines) => lines_length(block, lines),
            Header::Binary(lists) => binary_length(block, lists).unwrap_or(0),
        }
    }
}

fn lines_length(block: &[u8], lines: usize) -> usize {
    let mut quoted = false;
    let mut left = lines;
    for (at, byte) in block.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => left -= 1,
            _ => {}
        }
        if left == 0 {
            return at + 1;
        }
    }
    block.len()
}

fn binary_length(block: &[u8], lists: usize) -> Option<usize> {
    let (columns, mut at) = leb128(block, 0)?;
    for _ in 0..columns.checked_mul(lists)? {
        let (length, start) = leb128(block, at)?;
        at = start.checked_add(length)?;
    }
    (at <= block.len()).then_some(at)
}

fn leb128(bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    let mut value = 0_usize;
    for (shift, byte) in bytes.get(from..)?.iter().take(9).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * shift);
        if byte & 0x80 == 0 {
            return Some((value, from + shift + 1));
        }
    }
    None
}

/// The `Content-Type` a ClickHouse server gives a format.
pub fn content_type(format: &str) -> &'static str {
    match format {
        "TabSeparated"
        | "TSV"
        | "TabSeparatedWithNames"
        | "TSVWithNames"
        | "TabSeparatedWithNamesAndTypes"
        | "TSVWithNamesAndTypes" => "text/tab-separated-values; charset=UTF-8",
        "CSV" => "text/csv; charset=UTF-8; header=absent",
        "CSVWithNames" | "CSVWithNamesAndTypes" => "text/csv; charset=UTF-8; header=present",
        "JSON" | "JSONStrings" | "JSONCompact" | "JSONColumns" => "application/json; charset=UTF-8",
        "JSONEachRow" | "JSONLines" | "NDJSON" | "JSONCompactEachRow" => "application/x-ndjson; charset=UTF-8",
        "RowBinary" | "RowBinaryWithNames" | "RowBinaryWithNamesAndTypes" | "Native" | "Parquet" => {
            "application/octet-stream"
        }
        _ => "text/plain; charset=UTF-8",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(format: &str, blocks: &[&[u8]], expected: &[u8]) {
        let mut joiner = Joiner::new(format).expect("row-wise");
        let joined: Vec<u8> = blocks.iter().flat_map(|block| joiner.join(block.to_vec())).collect();
        assert_eq!(joined, expected, "{format}");
    }

    #[test]
    fn headers_of_later_blocks_are_cut_off() {
        check("TSV", &[b"a\n1\n", b"a\n1\n"], b"a\n1\na\n1\n");
        check("CSVWithNames", &[b"\"a\nb\",c\n1,2\n", b"\"a\nb\",c\n3,4\n"], b"\"a\nb\",c\n1,2\n3,4\n");
        check("TSVWithNamesAndTypes", &[b"a\nUInt8\n1\n", b"a\nUInt8\n2\n"], b"a\nUInt8\n1\n2\n");
        check("RowBinaryWithNames", &[b"\x01\x01nX", b"\x01\x01nY"], b"\x01\x01nXY");
        check(
            "RowBinaryWithNamesAndTypes",
            &[b"\x01\x01n\x05UInt8\x07", b"\x01\x01n\x05UInt8\x01", b"\x01\x01n\x05UInt8"],
            b"\x01\x01n\x05UInt8\x07\x01",
        );
    }

    #[test]
    fn framed_formats_are_not_joined() {
        for format in ["JSON", "Parquet", "Pretty", "Values", "XML", "Vertical", "Arrow"] {
            assert!(Joiner::new(format).is_none(), "{format}");
        }
    }
}
