//! Learning which clause states a label, though rows are labelled as wholes (multiple-instance learning).
//!
//! A row's score is the log-sum-exp of its clauses' scores plus the score of its form: one clause that states a label
//! is enough, whatever stands beside it. With all features in one clause it is logistic regression. Weights are found by
//! AdaGrad (Duchi, Hazan and Singer, JMLR 12, 2011) with an L2 penalty spread over the rows in which a feature occurs,
//! for sixteen labels at once: rows are read once, and sums run in vectors.

use pulp::{Arch, NullaryFnOnce};

use super::model::logistic;

/// So many labels are learnt at once.
pub const LANES: usize = 16;
/// A row of which every label is told this closely has nothing left to teach: passing over it halves the time.
const LEARNT: f32 = 0.01;
/// One number for each of them.
pub type Lanes = [f32; LANES];

/// A row: its clauses' cells and the cells of the text as a whole; a cell is a column and its value.
#[derive(Clone, Debug, Default)]
pub struct Bag {
    /// Cells of all clauses, one after the other.
    pub cells: Vec<(u32, f32)>,
    /// Where each clause ends in `cells`.
    pub ends: Vec<u32>,
    /// Cells of the text as a whole.
    pub whole: Vec<(u32, f32)>,
}

impl Bag {
    fn clauses(&self) -> impl Iterator<Item = &[(u32, f32)]> {
        let starts = [0].into_iter().chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(from, to)| self.cells.get(from as usize..*to as usize).unwrap_or_default())
    }
}

/// How long and how boldly to learn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Passes over the rows.
    pub passes: usize,
    /// First step.
    pub step: f32,
    /// How much a mistake costs against large weights.
    pub cost: f32,
    /// The score every clause starts from.
    pub start: f32,
}

/// Weights of sixteen labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// Of a clause as such.
    pub bias: Lanes,
    /// Per column.
    pub columns: Vec<Lanes>,
}

/// Rows to learn from.
#[derive(Clone, Copy, Debug)]
pub struct Lesson<'l> {
    /// What is seen of every row.
    pub bags: &'l [Bag],
    /// How many columns there are.
    pub width: usize,
    /// Per row and label 1 or 0.
    pub truth: &'l [Lanes],
    /// What a mistake on each row costs; zero leaves it out.
    pub costs: &'l [f32],
    /// In how many rows each column occurs.
    pub rows_of: &'l [u32],
}

/// Finds the weights.
pub fn learn(lesson: &Lesson<'_>, pace: Pace) -> Weights {
    let pull = lesson.rows_of.iter().map(|rows| 1.0 / (pace.cost * (*rows).max(1) as f32)).collect();
    let mut learner = Learner {
        step: pace.step,
        columns: vec![Column { weights: [0.0; LANES], squares: [1e-3; LANES] }; lesson.width],
        bias: Column { weights: [pace.start; LANES], squares: [1.0; LANES] },
        pull,
        shares: Vec::new(),
    };
    let used = |row: &usize| lesson.costs.get(*row).is_some_and(|c| *c > 0.0);
    let mut order: Vec<usize> = (0..lesson.bags.len()).filter(used).collect();
    let mut random = 0x2545_f491_4f6c_dd1du64;
    for _ in 0..pace.passes {
        shuffle(&mut order, &mut random);
        for row in &order {
            let row = lesson.bags.get(*row).zip(lesson.truth.get(*row)).zip(lesson.costs.get(*row));
            if let Some(((bag, truth), cost)) = row {
                Arch::new().dispatch(Turn { learner: &mut learner, bag, truth, cost: *cost });
            }
        }
    }
    Weights { bias: learner.bias.weights, columns: learner.columns.into_iter().map(|c| c.weights).collect() }
}

/// Weights of a column and the sums of its squared gradients.
#[derive(Clone, Copy, Debug)]
struct Column {
    weights: Lanes,
    squares: Lanes,
}

struct Learner {
    step: f32,
    columns: Vec<Column>,
    bias: Column,
    /// What a column's weights are pulled towards zero by, each time it occurs.
    pull: Vec<f32>,
    shares: Vec<Lanes>,
}

/// One row is learnt from.
struct Turn<'a> {
    learner: &'a mut Learner,
    bag: &'a Bag,
    truth: &'a Lanes,
    cost: f32,
}

impl NullaryFnOnce for Turn<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { learner, bag, truth, cost } = self;
        let weights = |at: usize| learner.columns.get(at).map(|c| &c.weights);
        let mut shares = std::mem::take(&mut learner.shares);
        let score = pooled(bag, &learner.bias.weights, weights, &mut shares);
        let mut error = [0f32; LANES];
        for ((error, score), truth) in error.iter_mut().zip(score).zip(truth) {
            *error = cost * (logistic(score) - truth);
        }
        if error.iter().all(|e| e.abs() < LEARNT) {
            learner.shares = shares;
            return;
        }
        for (cells, share) in bag.clauses().zip(&shares) {
            let mut gradient = error;
            gradient.iter_mut().zip(share).for_each(|(g, s)| *g *= s);
            learner.follow(cells, &gradient);
        }
        learner.follow(&bag.whole, &error);
        learner.bias.follow(&error, 1.0, 0.0, learner.step);
        learner.shares = shares;
    }
}

impl Learner {
    #[inline(always)]
    fn follow(&mut self, cells: &[(u32, f32)], gradient: &Lanes) {
        for (at, value) in cells {
            let at = *at as usize;
            if let (Some(column), Some(pull)) = (self.columns.get_mut(at), self.pull.get(at)) {
                column.follow(gradient, *value, *pull, self.step);
            }
        }
    }
}

impl Column {
    #[inline(always)]
    fn follow(&mut self, gradient: &Lanes, value: f32, pull: f32, step: f32) {
        for ((w, s), g) in self.weights.iter_mut().zip(&mut self.squares).zip(gradient) {
            let g = g * value + *w * pull;
            *s += g * g;
            *w -= step * g / s.sqrt();
        }
    }
}

/// The scores of a row; `shares` receives what part each clause has in them. `weights` are those of a column.
#[inline(always)]
pub fn pooled<'w>(
    bag: &Bag,
    bias: &Lanes,
    weights: impl Fn(usize) -> Option<&'w Lanes>,
    shares: &mut Vec<Lanes>,
) -> Lanes {
    let sum = |cells: &[(u32, f32)], mut sums: Lanes| {
        for (at, value) in cells {
            if let Some(weights) = weights(*at as usize) {
                sums.iter_mut().zip(weights).for_each(|(sum, w)| *sum += w * value);
            }
        }
        sums
    };
    shares.clear();
    shares.extend(bag.clauses().map(|cells| sum(cells, *bias)));
    let mut most = [f32::MIN; LANES];
    for share in shares.iter() {
        most.iter_mut().zip(share).for_each(|(most, s)| *most = if *s > *most { *s } else { *most });
    }
    let mut total = [0f32; LANES];
    for share in shares.iter_mut() {
        for ((share, total), most) in share.iter_mut().zip(&mut total).zip(&most) {
            *share = (*share - most).exp();
            *total += *share;
        }
    }
    for share in shares.iter_mut() {
        share.iter_mut().zip(&total).for_each(|(share, total)| *share /= total.max(f32::MIN_POSITIVE));
    }
    let mut pool = *bias;
    if !bag.ends.is_empty() {
        pool.iter_mut().zip(most).zip(total).for_each(|((pool, most), total)| *pool = most + total.ln());
    }
    sum(&bag.whole, pool)
}

/// Fisher and Yates, with Marsaglia's xorshift: the same order on every machine.
pub(super) fn shuffle(order: &mut [usize], random: &mut u64) {
    for i in (1..order.len()).rev() {
        *random ^= *random << 13;
        *random ^= *random >> 7;
        *random ^= *random << 17;
        order.swap(i, (*random % (i as u64 + 1)) as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Pace = Pace { passes: 60, step: 0.2, cost: 10.0, start: 0.0 };

    fn bag(clauses: &[&[u32]]) -> Bag {
        let mut bag = Bag::default();
        for clause in clauses {
            bag.cells.extend(clause.iter().map(|column| (*column, 1.0)));
            bag.ends.push(bag.cells.len() as u32);
        }
        bag
    }

    fn truth(first: bool, second: bool) -> Lanes {
        let mut out = [0.0; LANES];
        (out[0], out[1]) = (f32::from(u8::from(first)), f32::from(u8::from(second)));
        out
    }

    fn scores(weights: &Weights, bag: &Bag) -> Lanes {
        pooled(bag, &weights.bias, |at| weights.columns.get(at), &mut Vec::new())
    }

    #[test]
    fn separates_what_can_be_separated_for_every_label() {
        let bags: Vec<Bag> = (0..40).map(|i| bag(&[&[i % 2, 2 + i / 2 % 2]])).collect();
        let truths: Vec<Lanes> = (0..40).map(|i| truth(i % 2 == 0, i / 2 % 2 == 0)).collect();
        let lesson = Lesson { bags: &bags, width: 4, truth: &truths, costs: &[1.0; 40], rows_of: &[20; 4] };
        let weights = learn(&lesson, PACE);
        for (bag, truth) in bags.iter().zip(&truths) {
            let scores = scores(&weights, bag);
            assert_eq!((scores[0] > 0.0, scores[1] > 0.0), (truth[0] > 0.5, truth[1] > 0.5));
        }
    }

    #[test]
    fn finds_the_clause_that_states_the_label() {
        // Column 0 states it; columns 1 and 2 stand beside it or alone.
        let bags: Vec<Bag> =
            (0..60).map(|i| if i % 2 == 0 { bag(&[&[1], &[0], &[2]]) } else { bag(&[&[1], &[2]]) }).collect();
        let truths: Vec<Lanes> = (0..60).map(|i| truth(i % 2 == 0, false)).collect();
        let lesson = Lesson { bags: &bags, width: 3, truth: &truths, costs: &[1.0; 60], rows_of: &[30, 60, 60] };
        let weights = learn(&lesson, Pace { start: -4.0, ..PACE });
        let mut shares = Vec::new();
        let first = bags.first().map(|b| pooled(b, &weights.bias, |at| weights.columns.get(at), &mut shares));
        assert!(first.is_some_and(|s| s[0] > 0.0));
        assert!(shares[1][0] > 0.8, "{shares:?}");
    }

    #[test]
    fn rows_without_cost_teach_nothing() {
        let bags = vec![bag(&[&[0]]), bag(&[&[0]])];
        let truths = [truth(true, false), truth(false, true)];
        let lesson = Lesson { bags: &bags, width: 1, truth: &truths, costs: &[1.0, 0.0], rows_of: &[1] };
        let scores = scores(&learn(&lesson, PACE), &bags[0]);
        assert!(scores[0] > 1.0 && scores[1] < -1.0, "{scores:?}");
    }
}
