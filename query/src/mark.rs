//! The mark between two pages of a search that ClickHouse answers: the last hit, in base64url, with a checksum of the search it
//! belongs to, so that a damaged mark, or one of another search, is refused rather than answered wrongly.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use tingjian_indexer::{SearchError, SearchRequest};
use tingjian_warehouse::TextHit;
use xxhash_rust::xxh3::xxh3_64;

/// Longest mark accepted, characters: an id has at most 64.
const MAX_CHARS: usize = 1_024;

/// The mark after `last`, good for the same search as `request` only.
pub(crate) fn write(last: &TextHit, request: &SearchRequest) -> String {
    let mut bytes = last.score.to_le_bytes().to_vec();
    bytes.extend(last.time.to_le_bytes());
    bytes.extend(last.record_id.as_bytes());
    bytes.extend(checksum(request, &bytes).to_le_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads the mark of `request`.
pub(crate) fn read(text: &str, request: &SearchRequest) -> Result<TextHit, SearchError> {
    if text.len() > MAX_CHARS {
        return Err(SearchError::Cursor);
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| SearchError::Cursor)?;
    let (body, sum) = bytes.split_last_chunk::<8>().ok_or(SearchError::Cursor)?;
    if u64::from_le_bytes(*sum) != checksum(request, body) {
        return Err(SearchError::Cursor);
    }
    let (score, body) = body.split_first_chunk::<4>().ok_or(SearchError::Cursor)?;
    let (time, id) = body.split_first_chunk::<8>().ok_or(SearchError::Cursor)?;
    let record_id = std::str::from_utf8(id).map_err(|_| SearchError::Cursor)?.to_owned();
    Ok(TextHit { record_id, time: i64::from_le_bytes(*time), score: u32::from_le_bytes(*score) })
}

/// Of the mark and of everything in the search that decides what it finds and in which order.
fn checksum(request: &SearchRequest, bytes: &[u8]) -> u64 {
    let search = SearchRequest { cursor: None, limit: 0, facets: false, ..request.clone() };
    let mut input = format!("{search:?}").into_bytes();
    input.extend(bytes);
    xxh3_64(&input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_back_to_its_own_search_and_to_no_other() {
        let request = SearchRequest { query: "太慢".to_owned(), ..SearchRequest::default() };
        let last = TextHit { record_id: "工单-1".to_owned(), time: -5, score: 7 };
        let text = write(&last, &request);
        assert_eq!(read(&text, &SearchRequest { limit: 3, facets: true, ..request.clone() }).unwrap(), last);
        assert!(read(&text, &SearchRequest::default()).is_err());
        for damaged in ["", "AAAA", "！", &text[1..], &"A".repeat(2_000)] {
            assert!(matches!(read(damaged, &request), Err(SearchError::Cursor)), "{damaged:?}");
        }
    }
}
