//! Inverting fields whose terms have neither counts nor positions: ids, words, agents, channels.

use std::{collections::HashMap, io};

use tantivy::{DocId, postings::FieldSerializer};

/// Terms longer than this cannot be indexed, bytes: tantivy's bound.
const MAX_TERM_BYTES: usize = 65_530;
/// Rough size of a new term besides its bytes: its place in the table and its allocation.
const TERM_OVERHEAD_BYTES: usize = 64;

/// Which records contain which terms.
#[derive(Default)]
pub(super) struct TermPostings {
    /// Terms, numbered as they come.
    numbers: HashMap<Box<str>, u32>,
    /// Number of the term above the number of the record.
    entries: Vec<u64>,
    total: u64,
    term_bytes: usize,
}

impl TermPostings {
    /// `doc` contains `term`. Records come in rising order.
    pub(super) fn add(&mut self, doc: DocId, term: &str) {
        if term.len() > MAX_TERM_BYTES {
            return;
        }
        let number = match self.numbers.get(term) {
            Some(number) => *number,
            None => self.number(term),
        };
        self.entries.push(entry(number, doc));
        self.total += 1;
    }

    fn number(&mut self, term: &str) -> u32 {
        let number = self.numbers.len() as u32;
        self.numbers.insert(term.into(), number);
        self.term_bytes += term.len() + TERM_OVERHEAD_BYTES;
        number
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.entries.capacity() * size_of::<u64>() + self.term_bytes
    }

    /// Terms in all records, with repetitions.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// Writes all terms with their records.
    pub(super) fn write(self, field: &mut FieldSerializer<'_>) -> io::Result<()> {
        let (terms, ranks) = ranked(self.numbers);
        let mut entries = self.entries;
        for entry in &mut entries {
            *entry = reranked(*entry, &ranks);
        }
        entries.sort_unstable();
        entries.dedup();
        for (term, docs) in terms.iter().zip(entries.chunk_by(|a, b| a >> 32 == b >> 32)) {
            field.new_term_without_freq(term.as_bytes())?;
            for entry in docs {
                field.write_doc(*entry as DocId, 0, &[]);
            }
            field.close_term()?;
        }
        Ok(())
    }
}

fn entry(number: u32, doc: DocId) -> u64 {
    u64::from(number) << 32 | u64::from(doc)
}

fn reranked(entry: u64, ranks: &[u32]) -> u64 {
    let number = (entry >> 32) as usize;
    u64::from(ranks.get(number).copied().unwrap_or_default()) << 32 | entry & 0xffff_ffff
}

/// Terms in their order, and by number the rank of each.
pub(super) fn ranked(numbers: HashMap<Box<str>, u32>) -> (Vec<Box<str>>, Vec<u32>) {
    let mut terms: Vec<(Box<str>, u32)> = numbers.into_iter().collect();
    terms.sort_unstable();
    let mut ranks = vec![0; terms.len()];
    for ((_, number), rank) in terms.iter().zip(0..) {
        if let Some(place) = ranks.get_mut(*number as usize) {
            *place = rank;
        }
    }
    (terms.into_iter().map(|(term, _)| term).collect(), ranks)
}
