//! From the features of a text to the raw scores of all labels, and what each clause has in them.
//!
//! A label's score is a mixture of two: the text's, linear in all features, and the clauses', the log-sum-exp of their
//! own linear scores. Sums run over blocks of labels with the widest vectors the processor has; since all features of a
//! group are worth the same in a text, their weights are summed as the integers they are.

use pulp::{Arch, NullaryFnOnce};

use super::{
    features::{Feature, GROUPS, Group, WHOLE, Worth},
    model::{LANES, Label, Model},
};

/// Sums of a block of labels.
type Sum = [f32; LANES];

/// What features of every group are worth, by how many of the group there are.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shares {
    text: Share,
    clause: Share,
}

#[derive(Clone, Debug, PartialEq)]
struct Share {
    worth: Worth,
    /// Per group, for 0 to [`TABLED`] - 1 features.
    tables: [[f32; TABLED]; GROUPS],
}

/// Counts up to here are looked up.
const TABLED: usize = 64;

impl Shares {
    pub fn new(text: &Worth, clause: &Worth) -> Self {
        Self { text: Share::new(*text), clause: Share::new(*clause) }
    }
}

impl Share {
    fn new(worth: Worth) -> Self {
        let mut tables = [[0f32; TABLED]; GROUPS];
        for (table, worth) in tables.iter_mut().zip(worth) {
            table.iter_mut().enumerate().for_each(|(count, slot)| *slot = shared(worth, count));
        }
        Self { worth, tables }
    }

    fn of(&self, group: usize, count: u32) -> f32 {
        let known = self.tables.get(group).and_then(|t| t.get(count as usize));
        known.copied().unwrap_or_else(|| self.worth.get(group).map_or(0.0, |w| shared(*w, count as usize)))
    }

    fn all(&self, counts: &[u32; GROUPS]) -> [f32; GROUPS] {
        let mut out = [0f32; GROUPS];
        for (group, (slot, count)) in out.iter_mut().zip(counts).enumerate() {
            *slot = self.of(group, *count);
        }
        out
    }
}

fn shared((weight, power): (f32, f32), count: usize) -> f32 {
    weight / (count.max(1) as f32).powf(power)
}

/// Sums of small weights of a block of labels, as integers.
type Small = [i16; LANES];

/// Of so many weights the sums surely fit: 256 × 128 = 32 768.
const MOST_SMALL: usize = 256;

/// A feature that the model knows.
#[derive(Clone, Copy, Debug)]
struct Found {
    place: u32,
    clause: u16,
    group: Group,
}

/// Sums of weights of one text; reuse it for the next.
#[derive(Clone, Debug, Default)]
pub struct Sums {
    /// Raw score per label.
    pub scores: Vec<f32>,
    /// Features that the model nearly surely knows.
    likely: Vec<Feature>,
    found: Vec<Found>,
    /// How many features every group has, in the text and per clause.
    total: [u32; GROUPS],
    counts: Vec<[u32; GROUPS]>,
    /// What a feature is worth, per clause and group.
    worth: Vec<[f32; GROUPS]>,
    /// Per group, since the last time they were added to those of the text.
    small: Vec<Small>,
    text: Vec<Sum>,
    /// In the sums of clauses, the lane of the first label.
    first: usize,
    /// Clause by clause.
    clauses: Vec<Sum>,
    /// What the form of the text adds to the clauses' part.
    whole: Vec<Sum>,
    best: Vec<Sum>,
    /// Clauses with anything but form.
    filled: Vec<usize>,
    /// Logarithm of how many these are.
    log_filled: f32,
}

impl Model {
    /// Raw scores of every label, left in `sums.scores`.
    pub fn score(&self, features: &[Feature], sums: &mut Sums) {
        sums.look_up(self, features);
        sums.add_up(self);
        sums.scores.clear();
        for (label, meta) in self.header.labels.iter().enumerate() {
            let text = meta.bias + meta.scale * at(&sums.text, label);
            let score = if meta.clause_share > 0.0 {
                meta.clause_share * sums.pooled(label, meta) + (1.0 - meta.clause_share) * text
            } else {
                text
            };
            sums.scores.push(score);
        }
    }
}

fn at(sums: &[Sum], label: usize) -> f32 {
    sums.get(label / LANES).and_then(|s| s.get(label % LANES)).copied().unwrap_or(0.0)
}

impl Sums {
    /// Finds the features' weights, counts the groups, and so what each feature is worth.
    fn look_up(&mut self, model: &Model, features: &[Feature]) {
        self.count(features);
        // First without a branch on what lies anywhere in memory: a wrong guess of the processor would wait for it.
        let unknown = Feature { hash: 0, group: Group::Words, clause: WHOLE };
        self.likely.resize(features.len(), unknown);
        let mut likely = 0;
        for feature in features {
            self.likely.get_mut(likely).into_iter().for_each(|slot| *slot = *feature);
            likely += usize::from(model.may_have(feature.hash));
        }
        self.found.clear();
        for Feature { hash, group, clause } in self.likely.iter().take(likely) {
            if let Some(place) = model.place(*hash) {
                model.touch(place);
                self.found.push(Found { place, clause: *clause, group: *group });
            }
        }
        self.filled.clear();
        self.filled.extend(self.counts.iter().enumerate().filter(|(_, c)| is_filled(c)).map(|(i, _)| i));
        self.log_filled = (self.filled.len() as f32).ln();
        self.worth.clear();
        self.worth.extend(self.counts.iter().map(|counts| model.shares().clause.all(counts)));
    }

    /// How many features every group has.
    fn count(&mut self, features: &[Feature]) {
        let clauses = features.iter().filter(|f| f.clause != WHOLE).map(|f| usize::from(f.clause) + 1).max();
        self.counts.clear();
        self.counts.resize(clauses.unwrap_or(0), [0; GROUPS]);
        self.total = [0; GROUPS];
        for feature in features {
            count(&mut self.total, feature.group);
            self.counts.get_mut(usize::from(feature.clause)).into_iter().for_each(|c| count(c, feature.group));
        }
    }

    fn add_up(&mut self, model: &Model) {
        let blocks = model.clause_blocks();
        self.first = model.before_clauses();
        let sizes = [model.text_blocks(), blocks * self.counts.len(), blocks];
        for (sums, size) in [&mut self.text, &mut self.clauses, &mut self.whole].into_iter().zip(sizes) {
            sums.clear();
            sums.resize(size, [0.0; LANES]);
        }
        self.small.resize(model.text_blocks() * GROUPS, [0; LANES]);
        self.best.clear();
        self.best.resize(blocks, [f32::MIN; LANES]);
        let text_worth = model.shares().text.all(&self.total);
        Arch::new().dispatch(AddUp { model, text_worth, sums: self });
    }

    /// Log-sum-exp of the clauses' scores for a label, and what the form of the text adds. Where even the most it can
    /// be is next to nothing, that is the answer: most labels of most texts.
    fn pooled(&self, label: usize, meta: &Label) -> f32 {
        let base = meta.clause_bias + at(&self.whole, self.first + label) * meta.clause_scale;
        if self.filled.is_empty() {
            return base;
        }
        let most = at(&self.best, self.first + label);
        let top = base + most * meta.clause_scale;
        let limit = top + self.log_filled;
        if limit < NEXT_TO_NOTHING {
            return limit;
        }
        let blocks = self.best.len();
        let scores =
            self.filled.iter().map(|c| at(self.clauses.get(c * blocks..).unwrap_or_default(), self.first + label));
        top + scores.map(|s| ((s - most) * meta.clause_scale).exp()).sum::<f32>().ln()
    }
}

impl Sums {
    /// Where the clause stands that states a label most clearly: 0 the first, towards 1 the last.
    pub fn place(&self, label: usize) -> f32 {
        let blocks = self.best.len();
        let score = |clause: usize| at(self.clauses.get(clause * blocks..).unwrap_or_default(), self.first + label);
        let best = self.filled.iter().enumerate().fold((0, f32::MIN), |best, (number, clause)| {
            let this = score(*clause);
            if this > best.1 { (number, this) } else { best }
        });
        best.0 as f32 / self.filled.len().max(1) as f32
    }
}

/// A raw score from which no calibration makes a likely label.
const NEXT_TO_NOTHING: f32 = -5.0;

/// Clauses with nothing but form and characters do not count.
fn is_filled(counts: &[u32; GROUPS]) -> bool {
    let says = |group: usize| group != Group::Shape as usize && group != Group::Letters as usize;
    counts.iter().enumerate().any(|(group, n)| says(group) && *n > 0)
}

fn count(counts: &mut [u32; GROUPS], group: Group) {
    counts.get_mut(group as usize).into_iter().for_each(|n| *n += 1);
}

/// The loops that take the time, compiled once for every width of vectors.
struct AddUp<'a> {
    model: &'a Model,
    text_worth: [f32; GROUPS],
    sums: &'a mut Sums,
}

impl NullaryFnOnce for AddUp<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Sums { found, worth, small, text, clauses, whole, best, filled, .. } = self.sums;
        let (blocks, text_blocks) = (best.len(), text.len());
        for found in found.chunks(MOST_SMALL) {
            small.fill([0; LANES]);
            for Found { place, clause, group } in found {
                let (of_text, of_clause) = self.model.parts(self.model.row(*place));
                let group_number = *group as usize;
                let of_group = small.get_mut(group_number * text_blocks..(group_number + 1) * text_blocks);
                add_small(of_group.unwrap_or_default(), of_text);
                let clause = usize::from(*clause);
                if *group == Group::Letters {
                    // Clauses have no part in these.
                } else if *group == Group::Shape {
                    add(whole, of_clause, self.model.header.clause_worth.get(group_number).map_or(0.0, |w| w.0));
                } else if let Some(into) = clauses.get_mut(clause * blocks..(clause + 1) * blocks) {
                    add(into, of_clause, worth.get(clause).and_then(|w| w.get(group_number)).copied().unwrap_or(0.0));
                }
            }
            for (sums, worth) in small.chunks(text_blocks.max(1)).zip(&self.text_worth) {
                flush(text, sums, *worth);
            }
        }
        for clause in filled.iter() {
            let scores = clauses.get(clause * blocks..(clause + 1) * blocks).unwrap_or_default();
            for (best, score) in best.as_flattened_mut().iter_mut().zip(scores.as_flattened()) {
                *best = if *score > *best { *score } else { *best };
            }
        }
    }
}

#[inline(always)]
fn add(sums: &mut [Sum], weights: &[i8], value: f32) {
    // As one flat loop each, which compilers turn into vectors; nested loops over blocks they unroll instead.
    for (sum, weight) in sums.as_flattened_mut().iter_mut().zip(weights) {
        *sum += f32::from(*weight) * value;
    }
}

#[inline(always)]
fn add_small(sums: &mut [Small], weights: &[i8]) {
    for (sum, weight) in sums.as_flattened_mut().iter_mut().zip(weights) {
        *sum = sum.wrapping_add(i16::from(*weight));
    }
}

/// Adds sums of integers, each worth `value`.
#[inline(always)]
fn flush(sums: &mut [Sum], small: &[Small], value: f32) {
    for (sum, small) in sums.as_flattened_mut().iter_mut().zip(small.as_flattened()) {
        *sum += f32::from(*small) * value;
    }
}

/// What the clauses of a text add to one label: sums of integer weights per clause and group, so that the score of any
/// choice of clauses can be told without looking at the features again.
#[derive(Clone, Debug, Default)]
pub struct OfLabel {
    /// Per clause: for the text, for the clause, by group.
    clauses: Vec<([f32; GROUPS], [f32; GROUPS])>,
}

impl Sums {
    /// Takes one label's weights apart; after [`Model::score`] on the same text.
    pub fn of_label(&self, model: &Model, label: usize) -> OfLabel {
        let mut out = OfLabel { clauses: vec![Default::default(); self.counts.len()] };
        for Found { place, clause, group } in self.found.iter().filter(|f| f.clause != WHOLE) {
            let (text, own) = model.weight(*place, label);
            let Some((texts, owns)) = out.clauses.get_mut(usize::from(*clause)) else { continue };
            texts.get_mut(*group as usize).into_iter().for_each(|sum| *sum += text);
            owns.get_mut(*group as usize).into_iter().for_each(|sum| *sum += own);
        }
        out
    }

    /// What every clause adds to the raw score of a label.
    pub fn contributions(&self, model: &Model, label: usize, of: &OfLabel) -> Vec<f32> {
        let Some(meta) = model.header.labels.get(label) else { return Vec::new() };
        let worth = model.shares().text.all(&self.total);
        let own_worth = &model.header.clause_worth;
        let share = meta.clause_share;
        let one = |(texts, owns): &([f32; GROUPS], [f32; GROUPS])| {
            let inside = |group: usize| if group == Group::Shape as usize { 0.0 } else { 1.0 };
            let text: f32 = texts.iter().zip(worth).enumerate().map(|(g, (s, w))| inside(g) * s * w).sum();
            let own: f32 = owns.iter().zip(own_worth).enumerate().map(|(g, (s, w))| inside(g) * s * w.0).sum();
            share * own * meta.clause_scale + (1.0 - share) * text * meta.scale
        };
        of.clauses.iter().map(one).collect()
    }

    /// The raw score of a label were there no clauses but these, and nothing said of the text as a whole.
    pub fn alone(&self, model: &Model, label: usize, of: &OfLabel, kept: &[usize]) -> f32 {
        let Some(meta) = model.header.labels.get(label) else { return 0.0 };
        let mut totals = [0u32; GROUPS];
        let mut texts = [0f32; GROUPS];
        let (mut whole, mut pool, mut any) = (0f32, 0f32, false);
        for (counts, worth, (text, own)) in
            kept.iter().filter_map(|c| Some((self.counts.get(*c)?, self.worth.get(*c)?, of.clauses.get(*c)?)))
        {
            totals.iter_mut().zip(counts).for_each(|(total, n)| *total += n);
            texts.iter_mut().zip(text).for_each(|(sum, s)| *sum += s);
            let mut inside = 0f32;
            for (group, (sum, worth)) in own.iter().zip(worth).enumerate() {
                if group == Group::Shape as usize {
                    whole += sum * model.header.clause_worth.get(group).map_or(0.0, |w| w.0);
                } else {
                    inside += sum * worth;
                }
            }
            if is_filled(counts) {
                (pool, any) = (pool + (inside * meta.clause_scale).exp(), true);
            }
        }
        let worth = model.shares().text.all(&totals);
        let text = meta.bias + meta.scale * texts.iter().zip(worth).map(|(s, w)| s * w).sum::<f32>();
        let pool = meta.clause_bias + if any { pool.ln() } else { 0.0 } + whole * meta.clause_scale;
        meta.clause_share * pool + (1.0 - meta.clause_share) * text
    }
}
