//! False alarms on histories without a change, and a planted rise found in its own week.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use rand_chacha::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};
use tingjian_attribution::{MIN_SUPPORT, Series, emerging};

const HISTORIES: u64 = 200;
const WEEKS: usize = 12;
const TERMS: usize = 600;
/// Mean weekly counts of a centre's causes: a few frequent ones, many rare ones.
const MEANS: [f64; 24] = [
    220.0, 150.0, 90.0, 70.0, 55.0, 45.0, 40.0, 35.0, 30.0, 25.0, 22.0, 20.0, 18.0, 16.0, 14.0, 12.0, 11.0, 10.0, 9.0,
    8.0, 6.0, 4.0, 2.0, 1.0,
];

struct Dice(ChaCha8Rng);

impl Dice {
    fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Knuth's way, in steps that do not underflow.
    fn poisson(&mut self, mean: f64) -> u64 {
        let mut left = mean;
        let mut count = 0;
        while left > 0.0 {
            let step = left.min(30.0);
            left -= step;
            let (limit, mut product) = ((-step).exp(), self.unit());
            while product > limit {
                count += 1;
                product *= self.unit();
            }
        }
        count
    }

    /// A week's rate varies by itself: good and bad weeks.
    fn week(&mut self, mean: f64, spread: f64) -> u64 {
        let factor = 1.0 + spread * (self.unit() + self.unit() + self.unit() - 1.5);
        self.poisson(mean * factor.max(0.1))
    }
}

/// Terms beside the causes: many, most of them rare; those without support this week are not among them.
fn with_terms(dice: &mut Dice, spread: f64) -> (Vec<Series>, u64) {
    let mut cells = history(dice, spread);
    cells.iter_mut().for_each(|cell| cell.cell.insert_str(0, "cause:"));
    let terms = (0..TERMS).map(|number| {
        // As words are: the n-th is 1/n as frequent as the first.
        let mean = 900.0 / (number + 1) as f64;
        let before = (0..WEEKS).map(|_| dice.week(mean, spread)).collect();
        Series { cell: format!("term:t{number}"), before, now: dice.week(mean, spread) }
    });
    let (told, others): (Vec<Series>, Vec<Series>) = terms.partition(|term| term.now >= MIN_SUPPORT);
    cells.extend(told);
    (cells, others.len() as u64)
}

#[test]
fn terms_beside_causes_raise_hardly_any_alarm() {
    for spread in [0.0, 0.2] {
        let mut dice = Dice(ChaCha8Rng::seed_from_u64(23));
        let alarmed = (0..HISTORIES).filter(|_| {
            let (cells, others) = with_terms(&mut dice, spread);
            !emerging(&cells, others).is_empty()
        });
        let alarmed = alarmed.count();
        println!("spread {spread}: {alarmed} of {HISTORIES} histories with terms and a false alarm");
        assert!(alarmed as f64 <= 0.05 * HISTORIES as f64, "{alarmed} of {HISTORIES} at a spread of {spread}");
    }
}

#[test]
fn a_threefold_rise_of_a_term_is_found_in_its_week() {
    for spread in [0.0, 0.2] {
        let mut dice = Dice(ChaCha8Rng::seed_from_u64(29));
        let mut found = 0;
        for _ in 0..HISTORIES {
            let (mut cells, others) = with_terms(&mut dice, spread);
            // A term of thirty a week among six hundred.
            let term = cells.iter_mut().find(|cell| cell.cell == "term:t29").expect("a frequent term");
            term.now = dice.week(90.0, spread);
            found += usize::from(emerging(&cells, others).iter().any(|surprise| surprise.cell == "term:t29"));
        }
        println!("spread {spread}: a threefold rise of a term found in {found} of {HISTORIES}");
        assert!(found as f64 >= 0.9 * HISTORIES as f64, "{found} of {HISTORIES} at a spread of {spread}");
    }
}

fn history(dice: &mut Dice, spread: f64) -> Vec<Series> {
    (0..)
        .zip(MEANS)
        .map(|(number, mean): (usize, f64)| Series {
            cell: format!("c{number}"),
            before: (0..WEEKS).map(|_| dice.week(mean, spread)).collect(),
            now: dice.week(mean, spread),
        })
        .collect()
}

#[test]
fn histories_without_a_change_raise_hardly_any_alarm() {
    for spread in [0.0, 0.2, 0.4] {
        let mut dice = Dice(ChaCha8Rng::seed_from_u64(7));
        let alarmed = (0..HISTORIES).filter(|_| !emerging(&history(&mut dice, spread), 0).is_empty()).count();
        println!("spread {spread}: {alarmed} of {HISTORIES} histories with a false alarm");
        assert!(alarmed as f64 <= 0.05 * HISTORIES as f64, "{alarmed} of {HISTORIES} at a spread of {spread}");
    }
}

#[test]
fn a_threefold_rise_of_a_rare_cause_is_found_in_its_week() {
    for spread in [0.0, 0.2] {
        let mut dice = Dice(ChaCha8Rng::seed_from_u64(11));
        let mut found = 0;
        for _ in 0..HISTORIES {
            let mut cells = history(&mut dice, spread);
            // The cause of twelve a week, one in eighty of all.
            cells[15].now = dice.week(3.0 * MEANS[15], spread);
            found += usize::from(emerging(&cells, 0).iter().any(|surprise| surprise.cell == "c15"));
        }
        println!("spread {spread}: a threefold rise found in {found} of {HISTORIES}");
        assert!(found as f64 >= 0.9 * HISTORIES as f64, "{found} of {HISTORIES} at a spread of {spread}");
    }
}
