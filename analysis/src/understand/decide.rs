//! The decision from rules alone.

use std::ops::Range;

use tingjian_schemas::{Kind, Span, Taxonomy};

use super::{
    RuleError,
    clauses::{self, Clause},
    lexicon::Token,
    rules::{Hit, Rules, SHIPPED, Target},
};

/// At most so many causes are named.
pub const MAX_CAUSES: usize = 3;
/// Log-odds from which rules alone name a cause.
const CAUSE_FROM: f32 = 1.0;

/// One label, its probability, its evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct Scored {
    /// Place in [`Rules::causes`].
    pub cause: usize,
    /// 0 to 1.
    pub score: f32,
    /// Characters of the text; not empty.
    pub evidence: Vec<Span>,
}

/// What was understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// What the customer wants.
    pub kind: Kind,
    /// 0 to 1.
    pub kind_score: f32,
    /// 0 to 3, the primary first.
    pub causes: Vec<Scored>,
    /// A person or staff group is praised.
    pub praised: bool,
    /// A person is insulted.
    pub abuse: bool,
    /// Too unsure to be counted.
    pub abstained: bool,
}

/// Lexicon and rules at work.
pub struct Understander {
    rules: Rules,
}

/// Buffers of one reading.
#[derive(Default)]
struct Scratch {
    tokens: Vec<Token>,
    clauses: Vec<Clause>,
    hits: Vec<Hit>,
}

impl Understander {
    /// With the shipped rules.
    ///
    /// # Errors
    /// A rule names a cause that the taxonomy does not have.
    pub fn new(taxonomy: &Taxonomy) -> Result<Self, RuleError> {
        Ok(Self { rules: Rules::new(taxonomy, SHIPPED)? })
    }

    /// The rules.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Reads a clean text.
    pub fn read(&self, text: &str, readable: &[Range<usize>]) -> Decision {
        let _ = readable;
        let mut s = Scratch::default();
        self.rules.lexicon().read(text, &mut s.tokens);
        clauses::split(text, &s.tokens, self.rules.frame_terms(), &mut s.clauses);
        self.rules.hits(&s.tokens, &s.clauses, &mut s.hits);
        self.decide(text, &s)
    }

    fn decide(&self, text: &str, s: &Scratch) -> Decision {
        let mut kinds = [0f32; 5];
        let mut causes = vec![(0f32, u32::MAX); self.rules.causes().len()];
        let (mut praised, mut abuse) = (0f32, 0f32);
        for hit in &s.hits {
            let Some(rule) = self.rules.rules().get(hit.rule as usize) else { continue };
            match &rule.target {
                Target::Cause(i) => {
                    if let Some(slot) = causes.get_mut(*i) {
                        *slot = (slot.0 + rule.weight, slot.1.min(hit.start));
                    }
                }
                Target::Kind(i) => kinds.get_mut(*i).into_iter().for_each(|k| *k += rule.weight),
                Target::Praised => praised += rule.weight,
                Target::Abuse => abuse += rule.weight,
            }
        }
        let mut named: Vec<(usize, f32, u32)> =
            causes.iter().enumerate().filter(|(_, c)| c.0 >= CAUSE_FROM).map(|(i, c)| (i, c.0, c.1)).collect();
        named.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.2.cmp(&b.2)));
        named.truncate(MAX_CAUSES);
        let (kind, kind_score) = kind(&kinds, named.first().map_or(0.0, |n| n.1));
        let causes = named.iter().map(|(i, w, _)| self.scored(text, *i, *w, &s.hits)).collect();
        Decision { kind, kind_score, causes, praised: praised > 0.5, abuse: abuse > 0.5, abstained: kind_score < 0.5 }
    }

    fn scored(&self, text: &str, cause: usize, weight: f32, hits: &[Hit]) -> Scored {
        let mut evidence: Vec<Span> = hits
            .iter()
            .filter(|h| {
                self.rules
                    .rules()
                    .get(h.rule as usize)
                    .is_some_and(|r| r.target == Target::Cause(cause) && r.weight > 0.0)
            })
            .map(|h| Span { start: chars_before(text, h.start), end: chars_before(text, h.end) })
            .collect();
        evidence.sort_unstable();
        evidence.dedup();
        Scored { cause, score: logistic(weight), evidence }
    }
}

/// The likeliest kind by its rules, given how strongly a cause is stated.
fn kind(weights: &[f32; 5], cause: f32) -> (Kind, f32) {
    let mut scores = *weights;
    if let Some(complaint) = scores.first_mut() {
        *complaint += 0.5 + cause;
    }
    let total: f32 = scores.iter().map(|s| s.exp()).sum();
    let best = scores.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    best.map_or((Kind::Other, 0.0), |(i, s)| (Kind::ALL.get(i).copied().unwrap_or(Kind::Other), s.exp() / total))
}

fn logistic(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

fn chars_before(text: &str, byte: u32) -> u32 {
    text.get(..byte as usize).map_or(0, |t| t.chars().count() as u32)
}
