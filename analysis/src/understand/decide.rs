//! Taking a text apart, and the decision from rules alone.

use tingjian_schemas::{Kind, Span};
use xxhash_rust::xxh3::xxh3_64;

use super::{
    clauses::{self, Clause},
    insults::{Attack, insults},
    learnt::Learnt,
    lexicon::Token,
    rules::{Hit, Rule, Rules, Target},
};
use crate::{
    learn::{
        Model, ModelError,
        features::{Collector, Feature, Names, PatternName, View},
        model::logistic,
        score::Sums,
    },
    readable,
    times::Times,
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

/// What a text is made of: words of the lexicon, clauses, rules that matched, features.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// Words of the lexicon.
    pub tokens: Vec<Token>,
    /// Clauses.
    pub clauses: Vec<Clause>,
    /// Rules that matched.
    pub hits: Vec<Hit>,
    /// What the statistical part sees.
    pub features: Vec<Feature>,
}

/// Lexicon, rules and model at work.
pub struct Understander {
    rules: Rules,
    term_hashes: Vec<u64>,
    rule_hashes: Vec<PatternName>,
    learnt: Option<Learnt>,
}

impl Understander {
    /// With these rules and no model.
    pub fn new(rules: Rules) -> Self {
        let term_hashes = rules.lexicon().concept_names().map(|n| xxh3_64(n.as_bytes())).collect();
        let label = |t: &Target| xxh3_64(rules.target_name(t).as_bytes());
        let name = |(pattern, rule): (&str, &Rule)| PatternName {
            own: xxh3_64(pattern.as_bytes()) ^ label(&rule.target),
            label: label(&rule.target),
            is_cause: matches!(rule.target, Target::Cause(_)),
        };
        let rule_hashes = rules.patterns().map(name).collect();
        Self { rules, term_hashes, rule_hashes, learnt: None }
    }

    /// With a model besides.
    ///
    /// # Errors
    /// The model names a label that the taxonomy does not have.
    pub fn with_model(mut self, model: Model) -> Result<Self, ModelError> {
        self.learnt = Some(Learnt::new(model, self.rules.causes())?);
        Ok(self)
    }

    /// The rules.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The model, if there is one.
    pub fn model(&self) -> Option<&Model> {
        self.learnt.as_ref().map(Learnt::model)
    }

    /// The model at work.
    pub(super) fn learnt(&self) -> Option<&Learnt> {
        self.learnt.as_ref()
    }

    /// Takes a clean text apart.
    pub fn parse(&self, text: &str, words: &[&str], times: &Times, out: &mut Parsed) {
        self.rules.lexicon().read(text, &mut out.tokens);
        clauses::split(text, &out.tokens, self.rules.frame_terms(), &mut out.clauses);
        clauses::leave_out(&readable(text), &mut out.clauses);
        self.rules.hits(&out.tokens, &out.clauses, &mut out.hits);
        let flags = flags(times);
        let view = View { text, words, tokens: &out.tokens, clauses: &out.clauses, hits: &out.hits, flags: &flags };
        Collector::new(&mut out.features).collect(
            &view,
            &Names { terms: &self.term_hashes, subjects: self.rules.lexicon().subjects(), patterns: &self.rule_hashes },
        );
    }

    /// Decides on a text that was taken apart; `sums` is scratch.
    pub fn decide(&self, text: &str, parsed: &Parsed, sums: &mut Sums) -> Decision {
        match &self.learnt {
            Some(learnt) => {
                let decision = learnt.decide(text, parsed, sums);
                let abuse = match insults(text, &parsed.clauses) {
                    Attack::Sure => true,
                    Attack::Possible => decision.abuse,
                    Attack::None => false,
                };
                Decision { abuse, ..decision }
            }
            None => self.by_rules(text, parsed),
        }
    }

    fn by_rules(&self, text: &str, s: &Parsed) -> Decision {
        let mut kinds = [0f32; 5];
        let mut causes = vec![(0f32, u32::MAX); self.rules.causes().len()];
        let mut praised = 0f32;
        let mut seen: Vec<(u32, u32)> = Vec::new();
        for hit in &s.hits {
            // A rule counts once a clause, however many of its patterns match.
            if seen.contains(&(hit.rule, hit.clause)) {
                continue;
            }
            seen.push((hit.rule, hit.clause));
            let Some(rule) = self.rules.rules().get(hit.rule as usize) else { continue };
            match &rule.target {
                Target::Cause(i) => {
                    if let Some(slot) = causes.get_mut(*i) {
                        *slot = (slot.0 + rule.weight, slot.1.min(hit.start));
                    }
                }
                Target::Kind(i) => kinds.get_mut(*i).into_iter().for_each(|k| *k += rule.weight),
                Target::Praised => praised += rule.weight,
                // Words decide.
                Target::Abuse => {}
            }
        }
        let mut named: Vec<(usize, f32, u32)> =
            causes.iter().enumerate().filter(|(_, c)| c.0 >= CAUSE_FROM).map(|(i, c)| (i, c.0, c.1)).collect();
        named.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.2.cmp(&b.2)));
        named.truncate(MAX_CAUSES);
        let (kind, kind_score) = kind(&kinds, named.first().map_or(0.0, |n| n.1));
        let causes = named.iter().map(|(i, w, _)| self.scored(text, *i, *w, &s.hits)).collect();
        let abuse = insults(text, &s.clauses) == Attack::Sure;
        Decision { kind, kind_score, causes, praised: praised > 0.5, abuse, abstained: kind_score < 0.5 }
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

/// What the stated times say, as names of features.
fn flags(times: &Times) -> Vec<&'static str> {
    let mut flags = Vec::new();
    if times.promised.is_some() {
        flags.push("promised");
    }
    if times.actual.is_some() {
        flags.push("actual");
    }
    match (times.promised, times.actual, times.open) {
        (Some((p, _)), Some((a, _)), _) if a > p => flags.push("late"),
        (_, _, Some(true)) => flags.push("open"),
        _ => {}
    }
    match times.actual {
        Some((minutes, _)) if minutes >= 1440 => flags.push("days"),
        Some(_) => flags.push("hours"),
        None => {}
    }
    flags
}

/// How many characters stand before a byte.
pub(super) fn chars_before(text: &str, byte: u32) -> u32 {
    text.get(..byte as usize).map_or(0, |t| t.chars().count() as u32)
}
