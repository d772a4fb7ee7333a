//! The bytes of one journal block: records as (stream, length, bytes), checked by a hash.

use bytes::Bytes;
use tingjian_schemas::Stream;
use xxhash_rust::xxh3::xxh3_64;

/// One record as the intake hands it over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// The stream it came by.
    pub stream: Stream,
    /// Its bytes, unread.
    pub bytes: Bytes,
}

/// What is wrong with a block read back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    /// The bytes are not those that were written.
    #[error("checksum mismatch")]
    Checksum,
    /// The bytes end early or name an unknown stream.
    #[error("malformed at byte {at}")]
    Malformed {
        /// Byte offset in the block.
        at: usize,
    },
}

const HEADER_BYTES: usize = 5;

/// Appends one record to a block under construction.
pub fn push(block: &mut Vec<u8>, record: &Incoming) {
    let code = Stream::ALL.iter().position(|s| *s == record.stream).unwrap_or_default();
    block.push(u8::try_from(code).unwrap_or_default());
    block.extend_from_slice(&u32::try_from(record.bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
    block.extend_from_slice(&record.bytes);
}

/// The checksum stored beside a block (as SQLite's signed integer).
pub fn checksum(block: &[u8]) -> i64 {
    xxh3_64(block).cast_signed()
}

/// Reads a block back.
///
/// # Errors
/// When it is not what was written.
pub fn read(block: Vec<u8>, checksum_stored: i64) -> Result<Vec<Incoming>, BlockError> {
    if checksum(&block) != checksum_stored {
        return Err(BlockError::Checksum);
    }
    let block = Bytes::from(block);
    let mut records = Vec::new();
    let mut at = 0;
    while at < block.len() {
        let (record, next) = read_one(&block, at).ok_or(BlockError::Malformed { at })?;
        records.push(record);
        at = next;
    }
    Ok(records)
}

fn read_one(block: &Bytes, at: usize) -> Option<(Incoming, usize)> {
    let header = block.get(at..at + HEADER_BYTES)?;
    let (code, length) = header.split_first()?;
    let stream = *Stream::ALL.get(usize::from(*code))?;
    let length = usize::try_from(u32::from_le_bytes(length.try_into().ok()?)).ok()?;
    let start = at + HEADER_BYTES;
    let end = start.checked_add(length).filter(|end| *end <= block.len())?;
    Some((Incoming { stream, bytes: block.slice(start..end) }, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_reads_back_what_was_pushed() {
        let records: Vec<Incoming> = Stream::ALL
            .iter()
            .map(|s| Incoming { stream: *s, bytes: Bytes::from(format!("{{\"s\":\"{s}\"}}")) })
            .collect();
        let mut block = Vec::new();
        records.iter().for_each(|r| push(&mut block, r));
        assert_eq!(read(block.clone(), checksum(&block)), Ok(records));
    }

    #[test]
    fn a_flipped_bit_is_noticed() {
        let mut block = Vec::new();
        push(&mut block, &Incoming { stream: Stream::Appeals, bytes: Bytes::from_static(b"{}") });
        let sum = checksum(&block);
        block[6] ^= 1;
        assert_eq!(read(block, sum), Err(BlockError::Checksum));
    }

    #[test]
    fn a_length_past_the_end_is_malformed() {
        let block = vec![0, 255, 0, 0, 0, b'{'];
        let sum = checksum(&block);
        assert_eq!(read(block, sum), Err(BlockError::Malformed { at: 0 }));
    }
}
