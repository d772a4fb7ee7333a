//! What the statistical part sees of a text: hashed features, each with the clause it stands in.
//!
//! | group | features |
//! |---|---|
//! | words | words of the segmenter, pairs of neighbours |
//! | concepts | concepts of the lexicon, negated or not, and the frame of their clause |
//! | pairs | two concepts of one clause in their order |
//! | rules | patterns that matched |
//! | labels | what matched rules speak for, once a clause; which cause is stated before which |
//! | shape | form of the text, stated times, where it begins |
//! | letters | runs of one to three characters of a clause |
//!
//! A group's features share its weight: each is worth `weight / count ^ power`, so that long texts do not shout.

use std::hash::Hasher;

use xxhash_rust::xxh3::Xxh3Default;

use crate::understand::{
    clauses::{Clause, Frame, Speaker},
    lexicon::Token,
    rules::Hit,
};

/// Kinds of features; each is normalised by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Words and neighbouring words.
    Words,
    /// Concepts with polarity and frame.
    Concepts,
    /// Two concepts of a clause.
    Pairs,
    /// Rules that matched.
    Rules,
    /// Form, times, opening.
    Shape,
    /// Labels that matched rules speak for, once a clause.
    Labels,
    /// Runs of characters.
    Letters,
}

/// How many groups there are.
pub const GROUPS: usize = 7;

/// What groups are called in explanations.
pub const GROUP_NAMES: [&str; GROUPS] = ["词", "概念", "概念对", "规则", "形式", "规则标签", "字"];

/// Per group: what a feature is worth, and the power of the group's count that it is divided by.
pub type Worth = [(f32, f32); GROUPS];

/// For a text as a whole. Found by cross-validation.
pub const WORTH: Worth = [(0.8, 0.5), (1.6, 0.5), (1.2, 0.5), (1.2, 0.1), (0.7, 0.5), (1.0, 0.0), (1.0, 0.5)];

/// For clauses, each by itself. Found by cross-validation.
pub const CLAUSE_WORTH: Worth = [(0.6, 0.5), (1.2, 0.5), (1.0, 0.5), (1.2, 0.1), (0.5, 0.0), (1.0, 0.0), (0.0, 0.5)];

/// One feature of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feature {
    /// Names it; the text cannot be read back from it.
    pub hash: u32,
    /// Its group.
    pub group: Group,
    /// The clause it stands in; `u16::MAX`: the text as a whole.
    pub clause: u16,
}

/// What features are made from.
pub struct View<'a> {
    /// The clean text.
    pub text: &'a str,
    /// Its words in order, cut from `text`.
    pub words: &'a [&'a str],
    /// Words of the lexicon.
    pub tokens: &'a [Token],
    /// Clauses.
    pub clauses: &'a [Clause],
    /// Rules that matched.
    pub hits: &'a [Hit],
    /// Names of what else is known of the whole text.
    pub flags: &'a [&'static str],
}

/// What concepts and patterns are called, as hashes.
pub struct Names<'a> {
    /// Per concept of the lexicon.
    pub terms: &'a [u64],
    /// Per concept, whether a clause can be about it.
    pub subjects: &'a [bool],
    /// Per pattern.
    pub patterns: &'a [PatternName],
}

/// What a pattern is called, as hashes.
#[derive(Clone, Copy, Debug)]
pub struct PatternName {
    /// Its own.
    pub own: u64,
    /// Its label's.
    pub label: u64,
    /// Whether the label is a cause.
    pub is_cause: bool,
}

/// In place of a clause: the text as a whole.
pub(super) const WHOLE: u16 = u16::MAX;

/// Collects the features of one text.
pub struct Collector<'o> {
    out: &'o mut Vec<Feature>,
}

fn hash(space: u8, parts: &[&[u8]]) -> u32 {
    let mut hasher = Xxh3Default::new();
    hasher.write_u8(space);
    for part in parts {
        hasher.write(part);
        hasher.write_u8(0x1f);
    }
    (hasher.finish() >> 32) as u32
}

/// A quick mixing hash for numbers.
pub(super) fn mix(space: u8, a: u64, b: u64) -> u32 {
    let mut x =
        a.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ b.wrapping_add(u64::from(space)).wrapping_mul(0xc2b2_ae3d_27d4_eb4f);
    x ^= x >> 29;
    x = x.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (x >> 32) as u32
}

fn word_hash(word: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(word.as_bytes())
}

impl<'o> Collector<'o> {
    /// Writes into `out`, which is emptied.
    pub fn new(out: &'o mut Vec<Feature>) -> Self {
        out.clear();
        Self { out }
    }

    fn push(&mut self, hash: u32, group: Group, clause: u16) {
        self.out.push(Feature { hash, group, clause });
    }

    /// Everything of one text.
    pub fn collect(&mut self, view: &View<'_>, names: &Names<'_>) {
        self.words(view);
        self.concepts(view, names);
        let form = form(view.text);
        self.rules(view, names.patterns, form);
        self.shape(view, form);
        self.letters(view);
    }

    fn letters(&mut self, view: &View<'_>) {
        for (number, clause) in view.clauses.iter().enumerate().filter(|(_, c)| !c.frame.formula) {
            let clause_number = clip(number);
            let (mut first, mut second) = (0u64, 0u64);
            for c in view.text.get(clause.bytes.clone()).unwrap_or_default().chars() {
                let third = u64::from(u32::from(c));
                self.push(mix(21, 0, third), Group::Letters, clause_number);
                if second != 0 {
                    self.push(mix(22, second, third), Group::Letters, clause_number);
                }
                if first != 0 {
                    self.push(mix(23, first, second << 32 | third), Group::Letters, clause_number);
                }
                (first, second) = (second, third);
            }
        }
    }

    fn words(&mut self, view: &View<'_>) {
        let base = view.text.as_ptr() as usize;
        let mut clauses = view.clauses.iter().enumerate().peekable();
        let mut previous = (u16::MAX, 0u64);
        for word in view.words {
            let at = (word.as_ptr() as usize).wrapping_sub(base);
            while clauses.peek().is_some_and(|(_, c)| c.bytes.end <= at) {
                clauses.next();
            }
            let Some((clause, c)) = clauses.peek().filter(|(_, c)| c.bytes.start <= at && !c.frame.formula) else {
                continue;
            };
            let (clause, voice) = (clip(*clause), voice(&c.frame));
            let this = word_hash(word);
            self.push(mix(1, this, voice), Group::Words, clause);
            if previous.0 == clause {
                self.push(mix(2, previous.1, this ^ voice), Group::Words, clause);
            }
            previous = (clause, this);
        }
    }

    fn concepts(&mut self, view: &View<'_>, names: &Names<'_>) {
        let mut topic = 0u64;
        for (number, clause) in view.clauses.iter().enumerate().filter(|(_, c)| !c.frame.formula) {
            let Some(tokens) = view.tokens.get(clause.tokens.clone()) else { continue };
            let voice = voice(&clause.frame);
            let frame = frame_code(&clause.frame);
            let place = clip(number);
            let mut seen = [0u64; MAX_PER_CLAUSE];
            let mut count = 0;
            let mut own = 0u64;
            for token in tokens {
                for term in token.terms() {
                    let Some(&name) = names.terms.get(usize::from(term)) else { continue };
                    let this = name ^ if token.negated { NEGATED } else { 0 };
                    if names.subjects.get(usize::from(term)) == Some(&true) {
                        own = name;
                    } else if own == 0 && topic != 0 {
                        self.push(mix(14, topic, this ^ voice), Group::Pairs, place);
                    }
                    self.push(mix(5, this, voice), Group::Concepts, place);
                    if frame != 0 {
                        self.push(mix(6, this, frame), Group::Concepts, place);
                    }
                    if number < OPENING {
                        self.push(mix(15, this, voice), Group::Concepts, place);
                    }
                    for before in seen.iter().take(count) {
                        self.push(mix(7, *before, this ^ voice), Group::Pairs, place);
                    }
                    if let Some(slot) = seen.get_mut(count) {
                        *slot = this;
                        count += 1;
                    }
                }
            }
            topic = if own == 0 { topic } else { own };
        }
    }

    fn rules(&mut self, view: &View<'_>, names: &[PatternName], form: u64) {
        let mut stated = [0u64; MOST_STATED];
        let mut count = 0;
        for hit in view.hits {
            let Some(name) = names.get(hit.pattern as usize) else { continue };
            let clause = clip(hit.clause as usize);
            self.push(mix(8, name.own, 0), Group::Rules, clause);
            let of_label = Feature { hash: mix(9, name.label, 0), group: Group::Labels, clause };
            let said = self.out.iter().rev().take_while(|f| f.clause == clause).any(|f| *f == of_label);
            if !said {
                self.out.push(of_label);
                self.push(mix(18, name.label, form), Group::Labels, clause);
            }
            if name.is_cause && !stated.iter().take(count).any(|s| *s == name.label) {
                self.stated(name.label, &stated, count, clause);
                if let Some(slot) = stated.get_mut(count) {
                    *slot = name.label;
                    count += 1;
                }
            }
        }
    }

    /// A cause is stated for the first time, after others: what comes first is often the main thing.
    fn stated(&mut self, cause: u64, before: &[u64], count: usize, clause: u16) {
        self.push(mix(16, cause, count.min(2) as u64), Group::Labels, clause);
        for other in before.iter().take(count) {
            self.push(mix(17, *other, cause), Group::Labels, clause);
        }
    }

    fn shape(&mut self, view: &View<'_>, form: u64) {
        self.push(mix(19, form, 0), Group::Shape, WHOLE);
        for flag in view.flags {
            self.push(hash(10, &[flag.as_bytes()]), Group::Shape, WHOLE);
        }
        let length = (view.text.len() as u64 / 3 + 1).ilog2();
        self.push(mix(11, u64::from(length), 0), Group::Shape, WHOLE);
        let end = view.text.char_indices().nth(OPENING_CHARS).map_or(view.text.len(), |(at, _)| at);
        let opening = view.text.get(..end).unwrap_or_default();
        self.push(mix(12, word_hash(opening), 0), Group::Shape, 0);
        let clauses = (view.clauses.len() as u64 + 1).ilog2();
        self.push(mix(13, u64::from(clauses), 0), Group::Shape, WHOLE);
    }
}

/// The first clauses, which often name the main thing.
const OPENING: usize = 3;
/// Characters of the beginning in which the form of a text shows.
const FORM_CHARS: usize = 16;
/// Characters of the text's opening words.
const OPENING_CHARS: usize = 4;
/// At most so many concepts of a clause are paired.
const MAX_PER_CLAUSE: usize = 12;
/// The order of at most so many causes is seen.
const MOST_STATED: usize = 4;
const NEGATED: u64 = 0x5bd1_e995_0bad_cafe;

fn clip(clause: usize) -> u16 {
    u16::try_from(clause).unwrap_or(WHOLE - 1).min(WHOLE - 1)
}

/// Whose words they are: the customer's, or another's.
fn voice(frame: &Frame) -> u64 {
    u64::from(frame.speaker != Speaker::Customer)
}

fn frame_code(frame: &Frame) -> u64 {
    let speaker = match frame.speaker {
        Speaker::Customer => 0,
        Speaker::Staff => 1,
        Speaker::Department => 2,
    };
    u64::from(frame.contrast)
        | u64::from(frame.wish) << 1
        | u64::from(frame.condition) << 2
        | u64::from(frame.question) << 3
        | u64::from(frame.reported) << 4
        | speaker << 5
}

/// The form of a text: what rules are worth depends on it. A chat, a chat retold, a ticket of a hotline, a letter, or
/// words of the customer's own.
fn form(text: &str) -> u64 {
    const CHAT: [&str; 2] = ["客服：", "客户："];
    const RETOLD: [&str; 4] = ["用户", "顾客咨询", "客户询问", "客户咨询"];
    const TICKET: [&str; 4] = ["市民", "工单", "来电", "来信"];
    const LETTER: [&str; 4] = ["尊敬的", "领导", "书记", "您好"];
    let head = text.char_indices().nth(FORM_CHARS).map_or(text, |(at, _)| text.get(..at).unwrap_or_default());
    let begins = |words: &[&str]| words.iter().any(|word| head.contains(word));
    if CHAT.iter().any(|mark| text.contains(mark)) {
        1
    } else if RETOLD.iter().any(|word| text.starts_with(word)) {
        2
    } else if begins(&TICKET) {
        3
    } else if begins(&LETTER) {
        4
    } else {
        0
    }
}

/// The value of every feature: its group's weight shared among the group.
pub fn values(features: &[Feature], worth: &Worth) -> [f32; GROUPS] {
    let mut counts = [0f32; GROUPS];
    for feature in features {
        if let Some(count) = counts.get_mut(feature.group as usize) {
            *count += 1.0;
        }
    }
    let mut values = [0f32; GROUPS];
    for ((value, count), (weight, power)) in values.iter_mut().zip(counts).zip(worth) {
        *value = weight / count.max(1.0).powf(*power);
    }
    values
}
