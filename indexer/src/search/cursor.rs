//! The mark between two pages: the rank of the last hit, and what the order depends on.
//!
//! Opaque to callers: bytes in base64url. It holds no secret, but a checksum and a fingerprint of the search, so that a
//! damaged cursor, or one of another search, is refused rather than answered wrongly.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use xxhash_rust::xxh3::xxh3_64;

use super::{rank::Rank, score::Statistics};
use crate::{SearchError, SearchRequest};

const VERSION: u8 = 1;
/// Longest cursor accepted, characters.
const MAX_CHARS: usize = 8_192;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) after: Rank,
    /// Where the order looks at scores: the counts of the first page.
    pub(crate) statistics: Option<Statistics>,
}

impl Cursor {
    /// Its text, good for the same search as `request` only.
    pub(crate) fn write(&self, request: &SearchRequest) -> String {
        let mut bytes = vec![VERSION];
        bytes.extend(self.after.score.to_le_bytes());
        bytes.extend(self.after.time.to_le_bytes());
        bytes.extend(self.after.id_hash.to_le_bytes());
        for number in self.statistics.iter().flat_map(numbers) {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(checksum(request, &bytes).to_le_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads the cursor of `request`.
    pub(crate) fn read(text: &str, request: &SearchRequest) -> Result<Self, SearchError> {
        if text.len() > MAX_CHARS {
            return Err(SearchError::Cursor);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| SearchError::Cursor)?;
        let (body, sum) = bytes.split_last_chunk::<8>().ok_or(SearchError::Cursor)?;
        if u64::from_le_bytes(*sum) != checksum(request, body) {
            return Err(SearchError::Cursor);
        }
        read_body(body).ok_or(SearchError::Cursor)
    }
}

fn numbers(statistics: &Statistics) -> impl Iterator<Item = u64> + '_ {
    [statistics.docs, statistics.tokens].into_iter().chain(statistics.doc_freqs.iter().copied())
}

fn read_body(body: &[u8]) -> Option<Cursor> {
    let (version, body) = body.split_first()?;
    let (score, body) = body.split_first_chunk::<4>()?;
    let (time, body) = body.split_first_chunk::<8>()?;
    let (id_hash, body) = body.split_first_chunk::<8>()?;
    let after = Rank {
        score: u32::from_le_bytes(*score),
        time: i64::from_le_bytes(*time),
        id_hash: u64::from_le_bytes(*id_hash),
    };
    let (counts, rest) = body.as_chunks::<8>();
    let statistics = match counts {
        [] => None,
        [docs, tokens, doc_freqs @ ..] => Some(Statistics {
            docs: u64::from_le_bytes(*docs),
            tokens: u64::from_le_bytes(*tokens),
            doc_freqs: doc_freqs.iter().map(|count| u64::from_le_bytes(*count)).collect(),
        }),
        [_] => return None,
    };
    (*version == VERSION && rest.is_empty()).then_some(Cursor { after, statistics })
}

/// Of the cursor's bytes and of everything in the search that decides which records it finds and in which order.
fn checksum(request: &SearchRequest, bytes: &[u8]) -> u64 {
    let search = SearchRequest { cursor: None, limit: 0, facets: false, ..request.clone() };
    let mut input = format!("{search:?}").into_bytes();
    input.extend(bytes);
    xxh3_64(&input)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Sort;

    fn cursor() -> Cursor {
        let after = Rank { score: 7, time: -5, id_hash: u64::MAX };
        Cursor { after, statistics: Some(Statistics { docs: 3, tokens: 9, doc_freqs: vec![1, 2] }) }
    }

    #[test]
    fn comes_back() {
        let request = SearchRequest { query: "太慢".to_owned(), ..SearchRequest::default() };
        let plain = Cursor { statistics: None, ..cursor() };
        for cursor in [cursor(), plain] {
            assert_eq!(Cursor::read(&cursor.write(&request), &request).unwrap(), cursor);
        }
        // The size of the page and the facets may change from page to page.
        let wider = SearchRequest { limit: 50, facets: true, ..request.clone() };
        assert_eq!(Cursor::read(&cursor().write(&request), &wider).unwrap(), cursor());
    }

    #[test]
    fn is_refused_elsewhere() {
        let request = SearchRequest { query: "太慢".to_owned(), ..SearchRequest::default() };
        let text = cursor().write(&request);
        let other_query = SearchRequest { query: "很慢".to_owned(), ..request.clone() };
        let other_order = SearchRequest { sort: Sort::Oldest, ..request.clone() };
        for other in [other_query, other_order] {
            assert!(matches!(Cursor::read(&text, &other), Err(SearchError::Cursor)));
        }
    }

    #[test]
    fn is_refused_damaged() {
        let request = SearchRequest::default();
        let text = cursor().write(&request);
        for damaged in ["", "AAAA", "！", &text[1..], &text[..text.len() - 1], &"A".repeat(9_000)] {
            assert!(matches!(Cursor::read(damaged, &request), Err(SearchError::Cursor)), "{damaged:?}");
        }
    }
}
