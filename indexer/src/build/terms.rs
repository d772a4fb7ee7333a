//! Inverting fields whose terms have neither counts nor positions: ids, words, agents, channels.

use std::io;

use tantivy::{DocId, postings::FieldSerializer};

use super::numbers::TermNumbers;

/// Terms longer than this cannot be indexed, bytes: tantivy's bound.
const MAX_TERM_BYTES: usize = 65_530;
/// Rough size of an id besides its bytes.
const ID_OVERHEAD_BYTES: usize = 48;

/// Which records contain which terms.
#[derive(Default)]
pub(super) struct TermPostings {
    numbers: TermNumbers,
    /// Number of the term above the number of the record.
    entries: Vec<u64>,
}

impl TermPostings {
    /// `doc` contains `term`. Records come in rising order.
    #[inline]
    pub(super) fn add(&mut self, doc: DocId, term: &str) {
        if term.len() <= MAX_TERM_BYTES {
            let number = self.numbers.number(term);
            self.entries.push(u64::from(number) << 32 | u64::from(doc));
        }
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.entries.capacity() * size_of::<u64>() + self.numbers.memory_bytes()
    }

    /// Terms in all records, with repetitions.
    pub(super) fn total(&self) -> u64 {
        self.entries.len() as u64
    }

    /// Writes all terms with their records.
    pub(super) fn write(self, field: &mut FieldSerializer<'_>) -> io::Result<()> {
        let (terms, ranks) = self.numbers.ranked();
        let mut entries = self.entries;
        for entry in &mut entries {
            *entry = reranked(*entry, &ranks);
        }
        entries.sort_unstable();
        entries.dedup();
        for (term, docs) in terms.iter().zip(entries.chunk_by(|a, b| a >> 32 == b >> 32)) {
            term.with_bytes(|bytes| field.new_term_without_freq(bytes))?;
            for entry in docs {
                field.write_doc(*entry as DocId, 0, &[]);
            }
            field.close_term()?;
        }
        Ok(())
    }
}

fn reranked(entry: u64, ranks: &[u32]) -> u64 {
    let number = (entry >> 32) as usize;
    u64::from(ranks.get(number).copied().unwrap_or_default()) << 32 | entry & 0xffff_ffff
}

/// Which record has which id: a list, since hardly any id comes twice.
#[derive(Default)]
pub(super) struct IdPostings {
    ids: Vec<(String, DocId)>,
    bytes: usize,
}

impl IdPostings {
    /// `doc` has `id`. Records come in rising order.
    pub(super) fn add(&mut self, doc: DocId, id: String) {
        self.bytes += id.len() + ID_OVERHEAD_BYTES;
        self.ids.push((id, doc));
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.bytes
    }

    /// Ids of all records.
    pub(super) fn total(&self) -> u64 {
        self.ids.len() as u64
    }

    /// Writes all ids with their records.
    pub(super) fn write(mut self, field: &mut FieldSerializer<'_>) -> io::Result<()> {
        self.ids.sort_unstable();
        for same in self.ids.chunk_by(|(a, _), (b, _)| a == b) {
            let id = same.first().map_or("", |(id, _)| id);
            field.new_term_without_freq(id.as_bytes())?;
            for (_, doc) in same {
                field.write_doc(*doc, 0, &[]);
            }
            field.close_term()?;
        }
        Ok(())
    }
}
