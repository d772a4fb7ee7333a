//! The decision with a trained model, and the clauses it rests on.

use tingjian_schemas::{Kind, Span};

use super::decide::{Decision, MAX_CAUSES, Parsed, Scored, chars_before};
use crate::learn::{
    Model, ModelError,
    features::{Feature, GROUP_NAMES, GROUPS, values},
    model::{LEADS, leads, logistic},
    order::Candidate,
    score::Sums,
};

/// The places of the labels that decisions are made of.
#[derive(Clone, Debug)]
struct Places {
    /// Per cause of the taxonomy: its label.
    causes: Vec<Option<usize>>,
    /// Per label: the label that says that it is the primary cause.
    leads: Vec<Option<usize>>,
    kinds: [Option<usize>; 5],
    praised: Option<usize>,
    abuse: Option<usize>,
}

/// A model and where its labels are.
#[derive(Clone, Debug)]
pub(crate) struct Learnt {
    model: Model,
    places: Places,
    /// Per label, the log-odds from which it is given.
    least: Vec<f32>,
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
            let name = name.strip_prefix(LEADS).unwrap_or(name);
            name.starts_with("kind.") || name == "praised" || name == "abuse" || causes.iter().any(|c| c == name)
        };
        if let Some(label) = model.header.labels.iter().find(|l| !known(&l.name)) {
            return Err(ModelError::UnknownLabel(label.name.clone()));
        }
        let places = Places {
            causes: causes.iter().map(|cause| model.label(cause)).collect(),
            leads: leads(&model.header.labels),
            kinds: Kind::ALL.map(|k| model.label(&format!("kind.{}", k.name()))),
            praised: model.label("praised"),
            abuse: model.label("abuse"),
        };
        let least = model.header.labels.iter().map(|l| (l.threshold / (1.0 - l.threshold)).ln()).collect();
        Ok(Self { model, places, least })
    }

    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The calibrated log-odds of every label, from raw scores.
    fn odds(&self, raw: &[f32]) -> Vec<f32> {
        self.model.header.labels.iter().zip(raw).map(|(l, s)| l.odds(*s)).collect()
    }

    /// Decides; `sums` is scratch.
    pub fn decide(&self, text: &str, parsed: &Parsed, sums: &mut Sums) -> Decision {
        self.model.score(&parsed.features, sums);
        let odds = self.odds(&sums.scores);
        let at = |place: Option<usize>| place.and_then(|i| odds.get(i)).map_or(0.0, |z| logistic(*z));
        let passes = |place: Option<usize>| {
            place.is_some_and(|i| odds.get(i).zip(self.least.get(i)).is_some_and(|(z, least)| z >= least))
        };
        let kinds = self.places.kinds.map(at);
        let total: f32 = kinds.iter().sum::<f32>().max(f32::MIN_POSITIVE);
        let best = kinds.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map_or((0, 0.0), |(i, p)| (i, *p));
        let kind = Kind::ALL.get(best.0).copied().unwrap_or(Kind::Other);
        let chosen = self.choose(&odds, kind, sums);
        let scored = |(cause, label, _): &(usize, usize, bool)| {
            let evidence = self.evidence(text, parsed, *label, sums);
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

    /// Causes to name: (cause, label, passed its threshold), the primary first. `odds` are the labels' log-odds.
    fn choose(&self, odds: &[f32], kind: Kind, sums: &Sums) -> Vec<(usize, usize, bool)> {
        let mut passed: Vec<(usize, Candidate)> = Vec::new();
        let mut best: Option<(usize, usize, f32)> = None;
        for (cause, place) in self.places.causes.iter().enumerate() {
            let Some(label) = *place else { continue };
            let (Some(score), Some(least)) = (odds.get(label), self.least.get(label)) else { continue };
            if score >= least {
                let lead = self.places.leads.get(label).copied().flatten().and_then(|l| odds.get(l));
                let lead = lead.copied().unwrap_or(0.0);
                passed.push((cause, Candidate { cause: label, odds: *score, lead, place: sums.place(label) }));
            }
            if best.is_none_or(|b| *score > b.2) {
                best = Some((cause, label, *score));
            }
        }
        if passed.is_empty() && kind == Kind::Complaint {
            return best.into_iter().map(|(c, l, _)| (c, l, false)).collect();
        }
        passed.sort_by(|a, b| b.1.odds.total_cmp(&a.1.odds));
        passed.truncate(MAX_CAUSES);
        let mut order: Vec<Candidate> = passed.iter().map(|p| p.1).collect();
        self.model.header.sort_causes(&mut order);
        let cause_of = |label: usize| passed.iter().find(|p| p.1.cause == label).map(|p| (p.0, label, true));
        order.iter().filter_map(|c| cause_of(c.cause)).collect()
    }

    /// The fewest clauses, best first, that alone carry the label over its threshold; at least one.
    fn evidence(&self, text: &str, parsed: &Parsed, label: usize, sums: &Sums) -> Vec<Span> {
        let (Some(meta), Some(least)) = (self.model.header.labels.get(label), self.least.get(label)) else {
            return Vec::new();
        };
        let parts = sums.of_label(&self.model, label);
        let weights = sums.contributions(&self.model, label, &parts);
        let weight = |clause: usize| weights.get(clause).copied().unwrap_or(0.0);
        let mut order: Vec<usize> = (0..parsed.clauses.len()).collect();
        order.sort_by(|a, b| weight(*b).total_cmp(&weight(*a)));
        let mut kept: Vec<usize> = Vec::new();
        for clause in order.into_iter().take(MOST_EVIDENCE) {
            if !kept.is_empty() && weight(clause) <= 0.0 {
                break;
            }
            kept.push(clause);
            if meta.slope * sums.alone(&self.model, label, &parts, &kept) + meta.offset >= *least {
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
        let odds = self.odds(&sums.scores);
        let labels = self.model.header.labels.iter().zip(odds.iter().map(|z| logistic(*z))).enumerate();
        let labels = labels.filter(|(_, (label, _))| !label.name.starts_with(LEADS));
        labels.filter(|(_, (_, p))| *p >= WORTH_SHOWING).map(|(i, (_, p))| (i, p)).collect()
    }

    /// What every group of features adds to the raw score of a label.
    pub fn by_group(&self, features: &[Feature], label: usize) -> Vec<(&'static str, f32)> {
        let worth = values(features, &self.model.header.worth);
        let scale = self.model.header.labels.get(label).map_or(0.0, |l| l.scale);
        let mut sums = [0f32; GROUPS];
        for feature in features {
            let weight = self.model.text_weight(feature.hash, label);
            if let (Some(sum), Some(value)) = (sums.get_mut(feature.group as usize), worth.get(feature.group as usize))
            {
                *sum += weight * value * scale;
            }
        }
        GROUP_NAMES.into_iter().zip(sums).collect()
    }

    /// What every clause adds to the raw score of a label.
    pub fn contributions(&self, features: &[Feature], label: usize) -> Vec<f32> {
        let mut sums = Sums::default();
        self.model.score(features, &mut sums);
        sums.contributions(&self.model, label, &sums.of_label(&self.model, label))
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
