//! The decision with a trained model, and the clauses it rests on.

use tingjian_schemas::{Kind, Span};

use super::decide::{Decision, MAX_CAUSES, Parsed, Scored, chars_before};
use crate::learn::{
    Model, ModelError,
    features::{Feature, GROUP_NAMES, GROUPS, Group, values},
    model::Sums,
};

/// The places of the labels that decisions are made of.
#[derive(Clone, Debug)]
struct Places {
    /// Per cause of the taxonomy: its label and the label of being primary.
    causes: Vec<Option<(usize, Option<usize>)>>,
    kinds: [Option<usize>; 5],
    praised: Option<usize>,
    abuse: Option<usize>,
}

/// A model and where its labels are.
#[derive(Clone, Debug)]
pub(crate) struct Learnt {
    model: Model,
    places: Places,
}

/// No evidence is longer, in clauses.
const MOST_EVIDENCE: usize = 8;
/// Labels below this probability are not explained.
const WORTH_SHOWING: f32 = 0.1;
/// Below this the best kind is too unsure.
const SURE_KIND: f32 = 0.5;

impl Learnt {
    pub fn new(model: Model, causes: &[String]) -> Result<Self, ModelError> {
        let known = |name: &str| {
            let cause = name.strip_prefix("primary:").unwrap_or(name);
            cause.starts_with("kind.") || cause == "praised" || cause == "abuse" || causes.iter().any(|c| c == cause)
        };
        if let Some(label) = model.header.labels.iter().find(|l| !known(&l.name)) {
            return Err(ModelError::UnknownLabel(label.name.clone()));
        }
        let find = |cause: &String| model.label(cause).map(|l| (l, model.label(&format!("primary:{cause}"))));
        let places = Places {
            causes: causes.iter().map(find).collect(),
            kinds: Kind::ALL.map(|k| model.label(&format!("kind.{}", k.name()))),
            praised: model.label("praised"),
            abuse: model.label("abuse"),
        };
        Ok(Self { model, places })
    }

    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The probability of every label, from raw scores.
    fn probabilities(&self, raw: &[f32]) -> Vec<f32> {
        self.model.header.labels.iter().zip(raw).map(|(l, s)| l.probability(*s)).collect()
    }

    pub fn decide(&self, text: &str, parsed: &Parsed) -> Decision {
        let mut sums = Sums::default();
        self.model.score(&parsed.features, &mut sums);
        let p = self.probabilities(&sums.scores);
        let at = |place: Option<usize>| place.and_then(|i| p.get(i)).copied().unwrap_or(0.0);
        let passes = |place: Option<usize>| {
            place.is_some_and(|i| p.get(i).zip(self.model.header.labels.get(i)).is_some_and(|(p, l)| *p >= l.threshold))
        };
        let kinds = self.places.kinds.map(at);
        let total: f32 = kinds.iter().sum::<f32>().max(f32::MIN_POSITIVE);
        let best = kinds.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map_or((0, 0.0), |(i, p)| (i, *p));
        let kind = Kind::ALL.get(best.0).copied().unwrap_or(Kind::Other);
        let chosen = self.choose(&p, kind);
        let scored = |(cause, label, _): &(usize, usize, bool)| {
            let evidence = self.evidence(text, parsed, *label);
            (!evidence.is_empty()).then(|| Scored { cause: *cause, score: at(Some(*label)), evidence })
        };
        let causes: Vec<Scored> = chosen.iter().filter_map(scored).collect();
        let unsure = kind == Kind::Complaint && chosen.iter().all(|(_, _, sure)| !sure);
        Decision {
            kind,
            kind_score: best.1 / total,
            abstained: unsure || best.1 / total < SURE_KIND,
            causes,
            praised: passes(self.places.praised),
            abuse: passes(self.places.abuse),
        }
    }

    /// Causes to name: (cause, label, passed its threshold), the primary first.
    fn choose(&self, p: &[f32], kind: Kind) -> Vec<(usize, usize, bool)> {
        let mut candidates: Vec<(usize, usize, f32, f32)> = Vec::new();
        let mut best: Option<(usize, usize, f32, f32)> = None;
        for (cause, place) in self.places.causes.iter().enumerate() {
            let Some((label, primary)) = *place else { continue };
            let (Some(score), Some(meta)) = (p.get(label), self.model.header.labels.get(label)) else { continue };
            let first = primary.and_then(|i| p.get(i)).copied().unwrap_or(*score);
            let this = (cause, label, *score, first);
            if *score >= meta.threshold {
                candidates.push(this);
            }
            let value = |c: &(usize, usize, f32, f32)| c.2.max(c.3);
            if best.as_ref().is_none_or(|b| value(&this) > value(b)) {
                best = Some(this);
            }
        }
        if candidates.is_empty() && kind == Kind::Complaint {
            return best.into_iter().map(|(c, l, ..)| (c, l, false)).collect();
        }
        candidates.sort_by(|a, b| b.2.total_cmp(&a.2));
        candidates.truncate(MAX_CAUSES);
        candidates.sort_by(|a, b| b.3.total_cmp(&a.3));
        candidates.into_iter().map(|(c, l, ..)| (c, l, true)).collect()
    }

    /// The fewest clauses, best first, that alone carry the label over its threshold; at least one.
    fn evidence(&self, text: &str, parsed: &Parsed, label: usize) -> Vec<Span> {
        let Some(meta) = self.model.header.labels.get(label) else { return Vec::new() };
        let weights = self.contributions(&parsed.features, parsed.clauses.len(), label);
        let mut order: Vec<usize> = (0..parsed.clauses.len()).collect();
        order.sort_by(|a, b| weights.get(*b).unwrap_or(&0.0).total_cmp(weights.get(*a).unwrap_or(&0.0)));
        let mut kept: Vec<usize> = Vec::new();
        for clause in order.into_iter().take(MOST_EVIDENCE) {
            if !kept.is_empty() && weights.get(clause).copied().unwrap_or(0.0) <= 0.0 {
                break;
            }
            kept.push(clause);
            let alone = parsed.features.iter().filter(|f| kept.contains(&usize::from(f.clause)));
            if meta.probability(self.model.score_one(alone, label)) >= meta.threshold {
                break;
            }
        }
        kept.sort_unstable();
        spans(text, parsed, &kept)
    }

    /// The labels worth showing: causes, kinds, praise and abuse that are likely, and their probabilities.
    pub fn labels(&self, parsed: &Parsed) -> Vec<(usize, f32)> {
        let mut sums = Sums::default();
        self.model.score(&parsed.features, &mut sums);
        let p = self.probabilities(&sums.scores);
        let labels = self.model.header.labels.iter().zip(p).enumerate();
        labels
            .filter(|(_, (l, p))| !l.name.starts_with("primary:") && *p >= WORTH_SHOWING)
            .map(|(i, (_, p))| (i, p))
            .collect()
    }

    /// What every group of features adds to the raw score of a label.
    pub fn by_group(&self, features: &[Feature], label: usize) -> Vec<(&'static str, f32)> {
        let worth = values(features, &self.model.header.worth);
        let scale = self.model.header.labels.get(label).map_or(0.0, |l| l.scale);
        let mut sums = [0f32; GROUPS];
        for feature in features {
            let weight = self.model.row(feature.hash).and_then(|r| r.get(label)).copied().unwrap_or(0);
            if let (Some(sum), Some(value)) = (sums.get_mut(feature.group as usize), worth.get(feature.group as usize))
            {
                *sum += f32::from(weight) * value * scale;
            }
        }
        GROUP_NAMES.into_iter().zip(sums).collect()
    }

    /// What every clause adds to the raw score of a label.
    pub fn contributions(&self, features: &[Feature], clauses: usize, label: usize) -> Vec<f32> {
        let worth = values(features, &self.model.header.worth);
        let mut texts = vec![0f32; clauses];
        let mut alone = vec![0f32; clauses];
        let Some(meta) = self.model.header.labels.get(label) else { return texts };
        let labels = self.model.labels();
        for feature in features.iter().filter(|f| f.group != Group::Shape) {
            let Some(row) = self.model.row(feature.hash) else { continue };
            let at = usize::from(feature.clause);
            let value = worth.get(feature.group as usize).copied().unwrap_or(0.0) * meta.scale;
            if let (Some(text), Some(clause)) = (texts.get_mut(at), alone.get_mut(at)) {
                *text += f32::from(row.get(label).copied().unwrap_or(0)) * value;
                let worth = self.model.header.clause_worth.get(feature.group as usize).map_or(0.0, |w| w.0);
                *clause += f32::from(row.get(labels + label).copied().unwrap_or(0)) * worth * meta.clause_scale;
            }
        }
        let share = meta.clause_share;
        texts.iter().zip(alone).map(|(t, c)| share * c + (1.0 - share) * t).collect()
    }
}

/// Characters of clauses; neighbours joined.
fn spans(text: &str, parsed: &Parsed, clauses: &[usize]) -> Vec<Span> {
    let mut out: Vec<Span> = Vec::new();
    let mut previous = usize::MAX;
    for number in clauses {
        let Some(clause) = parsed.clauses.get(*number) else { continue };
        let end = chars_before(text, clause.bytes.end as u32);
        match out.last_mut() {
            Some(last) if previous.wrapping_add(1) == *number => last.end = end,
            _ => out.push(Span { start: chars_before(text, clause.bytes.start as u32), end }),
        }
        previous = *number;
    }
    if out.is_empty() {
        let end = text.chars().count() as u32;
        out.extend((end > 0).then_some(Span { start: 0, end }));
    }
    out
}
