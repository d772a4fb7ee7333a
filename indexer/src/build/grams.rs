//! Inverting the text field: grams with their positions.
//!
//! A pair of ideographs at a place is one number of 64 bits, `first | second | record | position`, so inverting is
//! sorting numbers. The few grams of other scripts, and those of ideographs beyond the first 8 191 that a segment
//! meets, go through a table of strings.

use std::io;

use tantivy::{DocId, postings::FieldSerializer};

use super::numbers::{Ranked, TermNumbers};
use crate::text::{Gram, grams};

const CHAR_BITS: u32 = 13;
const DOC_BITS: u32 = 18;
const POSITION_BITS: u32 = 20;
const _: () = assert!(2 * CHAR_BITS + DOC_BITS + POSITION_BITS == 64);

/// Records a segment can have.
pub(super) const MAX_DOCS: u32 = 1 << DOC_BITS;
/// Positions of a text that are indexed: half a million characters, many times what an event may carry.
const MAX_POSITIONS: u32 = 1 << POSITION_BITS;
/// Characters that have a number; 0 stands for none.
const MAX_CHARS: usize = (1 << CHAR_BITS) - 1;

/// Which grams stand where.
pub(super) struct GramPostings {
    /// By character, for those of the Basic Multilingual Plane: its number, or 0.
    numbers: Vec<u16>,
    /// By number − 1.
    chars: Vec<char>,
    pairs: Vec<u64>,
    tokens: TermNumbers,
    /// Token, record, position.
    token_places: Vec<(u32, DocId, u32)>,
    total: u64,
    scratch: String,
}

impl Default for GramPostings {
    fn default() -> Self {
        Self {
            numbers: vec![0; 1 << 16],
            chars: Vec::new(),
            pairs: Vec::new(),
            tokens: TermNumbers::default(),
            token_places: Vec::new(),
            total: 0,
            scratch: String::new(),
        }
    }
}

impl GramPostings {
    /// Adds the grams of record `doc`, which is below [`MAX_DOCS`], and says how many there are. Records come in rising
    /// order.
    pub(super) fn add(&mut self, doc: DocId, text: &str) -> u32 {
        let before = self.total;
        grams(text, |gram, position| {
            if position < MAX_POSITIONS {
                self.total += 1;
                self.place(gram, doc, position);
            }
        });
        u32::try_from(self.total - before).unwrap_or(u32::MAX)
    }

    #[inline]
    fn place(&mut self, gram: Gram<'_>, doc: DocId, position: u32) {
        if let Gram::Pair(first, second) = gram
            && let (Some(first), Some(second)) = (self.number(first), second.map_or(Some(0), |c| self.number(c)))
        {
            let place = u64::from(doc) << POSITION_BITS | u64::from(position);
            self.pairs.push(joined(first, second) << (DOC_BITS + POSITION_BITS) | place);
        } else {
            self.place_token(gram, doc, position);
        }
    }

    fn place_token(&mut self, gram: Gram<'_>, doc: DocId, position: u32) {
        self.scratch.clear();
        gram.write(&mut self.scratch);
        let token = self.tokens.number(&self.scratch);
        self.token_places.push((token, doc, position));
    }

    /// The number of a character; none where there are no numbers left, or it lies outside the plane.
    #[inline]
    fn number(&mut self, c: char) -> Option<u16> {
        let place = self.numbers.get_mut(c as usize)?;
        if *place == 0 {
            if self.chars.len() == MAX_CHARS {
                return None;
            }
            self.chars.push(c);
            *place = self.chars.len() as u16;
        }
        Some(*place)
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.pairs.capacity() * size_of::<u64>()
            + self.token_places.capacity() * size_of::<(u32, DocId, u32)>()
            + self.tokens.memory_bytes()
    }

    /// Grams in all texts.
    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// Writes all grams with their places.
    pub(super) fn write(self, field: &mut FieldSerializer<'_>) -> io::Result<()> {
        let (chars, pairs) = sorted_pairs(self.chars, self.pairs);
        let (tokens, places) = sorted_tokens(self.tokens, self.token_places);
        let mut tokens = tokens.iter().zip(places.chunk_by(|a, b| a.0 == b.0)).peekable();
        let mut writer = GramWriter { field, deltas: Vec::new() };
        let mut gram = String::new();
        for places in pairs.chunk_by(|a, b| gram_of(*a) == gram_of(*b)) {
            gram.clear();
            gram.extend(places.first().into_iter().flat_map(|place| chars_of(*place, &chars)));
            while let Some((token, places)) = tokens.next_if(|(token, _)| token.cmp_bytes(gram.as_bytes()).is_lt()) {
                writer.token(token, places)?;
            }
            writer.gram(gram.as_bytes(), places.iter().map(|place| place_of(*place)))?;
        }
        tokens.try_for_each(|(token, places)| writer.token(token, places))
    }
}

fn joined(first: u16, second: u16) -> u64 {
    u64::from(first) << CHAR_BITS | u64::from(second)
}

fn gram_of(pair: u64) -> u64 {
    pair >> (DOC_BITS + POSITION_BITS)
}

fn place_of(pair: u64) -> (DocId, u32) {
    let doc = pair >> POSITION_BITS & u64::from(MAX_DOCS - 1);
    (doc as DocId, (pair & u64::from(MAX_POSITIONS - 1)) as u32)
}

/// The characters of a pair whose numbers are ranks in `chars`.
fn chars_of(pair: u64, chars: &[char]) -> impl Iterator<Item = char> {
    let gram = gram_of(pair);
    let numbers = [gram >> CHAR_BITS, gram & MAX_CHARS as u64];
    numbers
        .map(|number| usize::try_from(number).ok()?.checked_sub(1).and_then(|at| chars.get(at)).copied())
        .into_iter()
        .flatten()
}

/// The characters in their order, and the pairs, now with ranks for numbers, in theirs: that of the terms' bytes, since
/// UTF-8 keeps the order of characters and no second character sorts first.
fn sorted_pairs(mut chars: Vec<char>, mut pairs: Vec<u64>) -> (Vec<char>, Vec<u64>) {
    let mut by_rank: Vec<(char, u16)> = chars.iter().copied().zip(1..).collect();
    by_rank.sort_unstable();
    let mut ranks = vec![0u16; chars.len() + 1];
    for ((_, number), rank) in by_rank.iter().zip(1..) {
        if let Some(place) = ranks.get_mut(usize::from(*number)) {
            *place = rank;
        }
    }
    let rank = |number: u64| usize::try_from(number).ok().and_then(|at| ranks.get(at)).copied().unwrap_or_default();
    for pair in &mut pairs {
        let gram = gram_of(*pair);
        let ranked = joined(rank(gram >> CHAR_BITS), rank(gram & MAX_CHARS as u64));
        let place = *pair & ((1 << (DOC_BITS + POSITION_BITS)) - 1);
        *pair = ranked << (DOC_BITS + POSITION_BITS) | place;
    }
    pairs.sort_unstable();
    chars.sort_unstable();
    (chars, pairs)
}

fn sorted_tokens(tokens: TermNumbers, mut places: Vec<(u32, DocId, u32)>) -> (Vec<Ranked>, Vec<(u32, DocId, u32)>) {
    let (tokens, ranks) = tokens.ranked();
    for (token, _, _) in &mut places {
        *token = ranks.get(*token as usize).copied().unwrap_or_default();
    }
    places.sort_unstable();
    (tokens, places)
}

/// Hands grams to tantivy's serializer, which wants positions as differences.
struct GramWriter<'a, 'f> {
    field: &'a mut FieldSerializer<'f>,
    deltas: Vec<u32>,
}

impl GramWriter<'_, '_> {
    fn token(&mut self, token: &Ranked, places: &[(u32, DocId, u32)]) -> io::Result<()> {
        let places = places.iter().map(|(_, doc, position)| (*doc, *position));
        token.with_bytes(|bytes| self.gram(bytes, places))
    }

    /// Writes one gram; its places are in order.
    fn gram(&mut self, gram: &[u8], places: impl Iterator<Item = (DocId, u32)> + Clone) -> io::Result<()> {
        let mut doc_freq = 0;
        let mut last = None;
        for (doc, _) in places.clone() {
            doc_freq += u32::from(last != Some(doc));
            last = Some(doc);
        }
        self.field.new_term(gram, doc_freq, true)?;
        let mut places = places.peekable();
        while let Some((doc, position)) = places.next() {
            self.deltas.clear();
            self.deltas.push(position);
            let mut before = position;
            while let Some((_, position)) = places.next_if(|(next, _)| *next == doc) {
                self.deltas.push(position - before);
                before = position;
            }
            self.field.write_doc(doc, self.deltas.len() as u32, &self.deltas);
        }
        self.field.close_term()
    }
}
