//! Walking the pages of an answer while the index is written to.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // Tests fail by panicking.

mod common;

use std::collections::BTreeSet;

use common::{TestIndex, record};
use tingjian_indexer::{SearchRequest, Sort};

const RECORDS: i64 = 200;

fn request(sort: Sort, limit: usize) -> SearchRequest {
    SearchRequest { query: "太慢".to_owned(), sort, limit, ..SearchRequest::default() }
}

/// Texts of differing length and count of the term; several at the same minute.
fn text(at: i64) -> String {
    format!("{}{}", "太慢".repeat(1 + (at % 3) as usize), "真的".repeat((at % 7) as usize))
}

fn filled() -> TestIndex {
    let mut index = TestIndex::new();
    for part in 0..4 {
        index.add((0..RECORDS).filter(|at| at % 4 == part).map(|at| record(&format!("r{at}"), &text(at), at / 5)));
    }
    index
}

/// All hits of all pages; `between` runs after each page but the last.
fn walk(
    index: &mut TestIndex,
    sort: Sort,
    limit: usize,
    mut between: impl FnMut(&mut TestIndex, usize),
) -> Vec<String> {
    let mut seen = Vec::new();
    let mut cursor = None;
    for page in 0.. {
        let answer = index.search(&SearchRequest { cursor, ..request(sort, limit) });
        seen.extend(answer.hits.into_iter().map(|hit| hit.record_id));
        cursor = answer.next;
        if cursor.is_none() {
            break;
        }
        between(index, page);
    }
    seen
}

#[test]
fn pages_join_to_the_whole() {
    let mut index = filled();
    for sort in [Sort::Newest, Sort::Oldest, Sort::Relevance] {
        let whole = walk(&mut index, sort, 1_000, |_, _| {});
        assert_eq!(whole.len() as i64, RECORDS);
        for limit in [1, 7, 199, 200] {
            assert_eq!(walk(&mut index, sort, limit, |_, _| {}), whole, "{sort:?} by {limit}");
        }
    }
}

#[test]
fn pages_meet_every_record_once_while_others_are_written() {
    for sort in [Sort::Newest, Sort::Oldest, Sort::Relevance] {
        let mut index = filled();
        let seen = walk(&mut index, sort, 13, |index, page| {
            let at = page as i64 * 11;
            let texts = ["太慢了", "太慢太慢太慢", "很好，一点不慢", "送餐太慢，真的真的太慢"];
            index.add(texts.iter().zip(0..).map(|(text, nth)| record(&format!("new{page}-{nth}"), text, at + nth)));
        });
        let distinct: BTreeSet<_> = seen.iter().collect();
        assert_eq!(distinct.len(), seen.len(), "{sort:?}: nothing twice");
        let missed: Vec<_> = (0..RECORDS).filter(|at| !distinct.contains(&format!("r{at}"))).collect();
        assert!(missed.is_empty(), "{sort:?}: missed {missed:?}");
    }
}

#[test]
fn an_order_does_not_change_when_segments_merge() {
    for sort in [Sort::Newest, Sort::Oldest, Sort::Relevance] {
        let mut index = filled();
        let before = walk(&mut index, sort, 13, |_, _| {});
        // Twenty commits of other texts: segments are cut and merged anew between the pages.
        let during = walk(&mut index, sort, 13, |index, page| {
            index.add((0..3).map(|nth| record(&format!("other{page}-{nth}"), "物流很快", page as i64)));
        });
        assert_eq!(during, before, "{sort:?}");
    }
}
