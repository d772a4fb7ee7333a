//! One label against all others: a linear support vector machine with squared hinge loss, found by dual coordinate
//! descent (Hsieh, Chang, Lin, Keerthi and Sundararajan, ICML 2008, algorithm 1, as in LIBLINEAR).

/// Rows of cells, one after the other; a cell is a column and its value.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    cells: Vec<(u32, f32)>,
    ends: Vec<usize>,
    /// Per row the sum of its squared values.
    squares: Vec<f32>,
}

impl Rows {
    /// Adds a row.
    pub fn push(&mut self, cells: impl IntoIterator<Item = (u32, f32)>) {
        let start = self.cells.len();
        self.cells.extend(cells);
        self.ends.push(self.cells.len());
        self.squares.push(self.cells.iter().skip(start).map(|(_, value)| value * value).sum());
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The cells of a row.
    pub fn row(&self, row: usize) -> &[(u32, f32)] {
        let start = row.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(row).and_then(|end| self.cells.get(start..*end)).unwrap_or_default()
    }
}

/// How a label is told from the others.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plane {
    /// The score of a row without cells.
    pub bias: f32,
    /// Per column.
    pub weights: Vec<f32>,
}

impl Plane {
    /// How far on the label's side cells are.
    pub fn score(&self, cells: &[(u32, f32)]) -> f32 {
        let one = |(column, value): &(u32, f32)| value * self.weights.get(*column as usize).copied().unwrap_or(0.0);
        self.bias + cells.iter().map(one).sum::<f32>()
    }

    fn follow(&mut self, cells: &[(u32, f32)], step: f32) {
        for (column, value) in cells {
            self.weights.get_mut(*column as usize).into_iter().for_each(|weight| *weight += step * value);
        }
        self.bias += step;
    }
}

/// Passes over the rows at most.
const PASSES: usize = 12;
/// No row's condition is violated by more than this at the end.
const CLOSE: f32 = 0.05;

/// Finds the plane between the rows for which `holds` says yes and the others; `cost` is that of a mistake against
/// large weights.
pub fn separate(rows: &Rows, width: usize, cost: f32, holds: impl Fn(usize) -> bool) -> Plane {
    let slack = 0.5 / cost;
    let sides: Vec<f32> = (0..rows.len()).map(|row| if holds(row) { 1.0 } else { -1.0 }).collect();
    let mut plane = Plane { bias: 0.0, weights: vec![0.0; width] };
    let mut multipliers = vec![0f32; rows.len()];
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut random = 0x2545_f491_4f6c_dd1du64;
    for _ in 0..PASSES {
        super::clausewise::shuffle(&mut order, &mut random);
        let mut worst = 0f32;
        for row in &order {
            let (Some(side), Some(old), Some(square)) =
                (sides.get(*row), multipliers.get_mut(*row), rows.squares.get(*row))
            else {
                continue;
            };
            let cells = rows.row(*row);
            let slope = side * plane.score(cells) - 1.0 + *old * slack;
            // A row beyond its margin has nothing to say as long as its multiplier is zero.
            if *old == 0.0 && slope >= 0.0 {
                continue;
            }
            worst = worst.max(slope.abs());
            let new = (*old - slope / (square + 1.0 + slack)).max(0.0);
            plane.follow(cells, (new - *old) * side);
            *old = new;
        }
        if worst < CLOSE {
            break;
        }
    }
    plane
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separates_what_can_be_separated() {
        let mut rows = Rows::default();
        for i in 0..40u32 {
            rows.push([(i % 2, 1.0), (2 + i % 5, 0.5)]);
        }
        let plane = separate(&rows, 7, 1.0, |row| row % 2 == 0);
        for row in 0..rows.len() {
            assert_eq!(plane.score(rows.row(row)) > 0.0, row % 2 == 0, "{row}");
        }
        // Columns that stand on both sides alike say next to nothing.
        assert!(plane.weights[2..].iter().all(|w| w.abs() < 0.2), "{plane:?}");
    }

    #[test]
    fn a_rare_label_is_found_among_many_rows() {
        let mut rows = Rows::default();
        for i in 0..200u32 {
            rows.push([(i % 20, 1.0)]);
        }
        let plane = separate(&rows, 20, 1.0, |row| row % 20 == 3);
        let best = (0..20).max_by(|a, b| plane.score(&[(*a, 1.0)]).total_cmp(&plane.score(&[(*b, 1.0)])));
        assert_eq!(best, Some(3));
        assert!(rows.row(7).len() == 1 && !rows.is_empty());
    }
}
