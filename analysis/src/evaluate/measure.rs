//! The measures.

use std::collections::BTreeMap;

use super::Pair;

/// Causes with fewer labelled rows are left out of macro-F1.
const LEAST_ROWS: usize = 15;
/// Causes that are measured apart, over the rows that have one of them.
static RARE: &str = include_str!("rare.txt");
/// Bins of the reliability curve.
const BINS: usize = 10;
/// Mistakes shown.
const MOST_MISTAKES: usize = 40;

/// Right, wrong and missed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    hit: usize,
    wrong: usize,
    missed: usize,
}

impl Count {
    fn add(&mut self, gold: bool, named: bool) {
        self.hit += usize::from(gold && named);
        self.wrong += usize::from(!gold && named);
        self.missed += usize::from(gold && !named);
    }

    fn f1(self) -> f64 {
        share(2 * self.hit, 2 * self.hit + self.wrong + self.missed)
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Shares of one over a set of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[allow(missing_docs)]
pub struct Measures {
    pub rows: usize,
    pub kind_accuracy: f64,
    pub primary_top1: f64,
    pub no_cause_kept_empty: f64,
    pub micro_f1: f64,
    /// Over causes with at least 15 labelled rows.
    pub macro_f1: f64,
    pub promised_f1: f64,
    pub actual_f1: f64,
    pub praised_f1: f64,
    pub abuse_f1: f64,
    /// Share of rows that go to a person for review.
    pub abstained: f64,
}

impl Measures {
    /// Every measure with its name.
    pub fn named(&self) -> [(&'static str, f64); 10] {
        [
            ("kind_accuracy", self.kind_accuracy),
            ("primary_top1", self.primary_top1),
            ("no_cause_kept_empty", self.no_cause_kept_empty),
            ("micro_f1", self.micro_f1),
            ("macro_f1", self.macro_f1),
            ("promised_min_f1", self.promised_f1),
            ("actual_min_f1", self.actual_f1),
            ("praised_f1", self.praised_f1),
            ("abuse_f1", self.abuse_f1),
            ("abstained", self.abstained),
        ]
    }
}

/// One cause's quality.
#[derive(Clone, Debug, PartialEq)]
pub struct CauseQuality {
    /// The cause.
    pub code: String,
    /// Labelled rows that have it.
    pub rows: usize,
    /// Share of named that are right.
    pub precision: f64,
    /// Share of right that are named.
    pub recall: f64,
    /// Harmonic mean of both.
    pub f1: f64,
}

/// How well rare causes are told, over the rows that have one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rare {
    /// Rows with a rare cause.
    pub rows: usize,
    /// Mean of F1 over the rare causes that occur.
    pub mean_f1: f64,
    /// Of all causes of these rows.
    pub micro_f1: f64,
}

/// Named causes whose scores lie in one tenth.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bin {
    /// How many.
    pub named: usize,
    /// Their mean score.
    pub score: f64,
    /// Share of them that is right.
    pub right: f64,
}

/// A row read wrongly.
#[derive(Clone, Debug, PartialEq)]
pub struct Mistake {
    /// The row's id.
    pub id: String,
    /// Its text, masked.
    pub text: String,
    /// Kind and causes as labelled.
    pub wanted: String,
    /// Kind and causes as read, with scores.
    pub read: String,
    /// The words that the wrong causes rest on.
    pub evidence: Vec<String>,
    /// How sure the reading was of what is wrong.
    pub sureness: f32,
}

/// Everything measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Evaluation {
    /// Over all rows.
    pub all: Measures,
    /// Rare causes apart.
    pub rare: Rare,
    /// Per source and per way of drawing, by name.
    pub parts: Vec<(String, Measures)>,
    /// Per cause, the most frequent first.
    pub causes: Vec<CauseQuality>,
    /// Primary causes taken for others (labelled, read, rows), the most frequent first; empty text: none.
    pub confusion: Vec<(String, String, usize)>,
    /// Reliability of the causes' scores.
    pub bins: Vec<Bin>,
    /// Expected calibration error of the causes' scores.
    pub calibration_error: f64,
    /// The surest mistakes.
    pub mistakes: Vec<Mistake>,
}

impl Evaluation {
    /// Measures readings.
    pub fn new(pairs: &[Pair]) -> Self {
        let all: Vec<&Pair> = pairs.iter().collect();
        let bins = bins(&all);
        let named: usize = bins.iter().map(|b| b.named).sum();
        let off = |b: &Bin| (b.score - b.right).abs() * share(b.named, named);
        Self {
            all: measures(&all),
            rare: rare(&all),
            parts: parts(&all),
            causes: per_cause(&all),
            confusion: confusion(&all),
            calibration_error: bins.iter().map(off).sum(),
            bins,
            mistakes: mistakes(&all),
        }
    }
}

fn has(pair: &Pair, code: &str) -> (bool, bool) {
    (pair.gold.causes.iter().any(|c| c == code), pair.reading.causes.iter().any(|c| *c.code == *code))
}

fn counts(pairs: &[&Pair]) -> BTreeMap<String, Count> {
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    for pair in pairs {
        let named = pair.reading.causes.iter().map(|c| c.code.to_string());
        let mut codes: Vec<String> = pair.gold.causes.iter().cloned().chain(named).collect();
        codes.sort_unstable();
        codes.dedup();
        for code in codes {
            let (gold, named) = has(pair, &code);
            counts.entry(code).or_default().add(gold, named);
        }
    }
    counts
}

fn sum(counts: &BTreeMap<String, Count>) -> Count {
    counts.values().fold(Count::default(), |sum, c| Count {
        hit: sum.hit + c.hit,
        wrong: sum.wrong + c.wrong,
        missed: sum.missed + c.missed,
    })
}

fn rare(pairs: &[&Pair]) -> Rare {
    let codes: Vec<&str> = RARE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let is_rare = |code: &String| codes.contains(&code.as_str());
    let rows: Vec<&Pair> = pairs.iter().filter(|p| p.gold.causes.iter().any(is_rare)).copied().collect();
    let counts = counts(&rows);
    let occurs = |(code, count): (&String, &Count)| (is_rare(code) && count.hit + count.missed > 0).then(|| count.f1());
    let f1: Vec<f64> = counts.iter().filter_map(occurs).collect();
    let mean_f1 = f1.iter().sum::<f64>() / f1.len().max(1) as f64;
    Rare { rows: rows.len(), mean_f1, micro_f1: sum(&counts).f1() }
}

fn measures(pairs: &[&Pair]) -> Measures {
    let part = |test: &dyn Fn(&Pair) -> bool| share(pairs.iter().filter(|p| test(p)).count(), pairs.len());
    let with: Vec<&&Pair> = pairs.iter().filter(|p| !p.gold.causes.is_empty()).collect();
    let first = |p: &Pair| p.reading.causes.first().map(|c| c.code.to_string());
    let right = with.iter().filter(|p| first(p).as_ref() == p.gold.causes.first()).count();
    let empty = pairs.iter().filter(|p| p.gold.causes.is_empty() && p.reading.causes.is_empty()).count();
    let counts = counts(pairs);
    let total = sum(&counts);
    let frequent: Vec<f64> = counts.values().filter(|c| c.hit + c.missed >= LEAST_ROWS).map(|c| c.f1()).collect();
    let flag = |of: &dyn Fn(&Pair) -> (bool, bool)| {
        let mut count = Count::default();
        pairs.iter().map(|p| of(p)).for_each(|(gold, named)| count.add(gold, named));
        count.f1()
    };
    let minutes = |of: &dyn Fn(&Pair) -> [Option<u32>; 2]| {
        let both: Vec<_> = pairs.iter().map(|p| of(p)).collect();
        let hit = both.iter().filter(|[gold, read]| gold.is_some() && gold == read).count();
        let stated = both.iter().filter(|[gold, _]| gold.is_some()).count();
        let read = both.iter().filter(|[_, read]| read.is_some()).count();
        share(2 * hit, stated + read)
    };
    Measures {
        rows: pairs.len(),
        kind_accuracy: part(&|p| p.gold.kind == p.reading.kind),
        primary_top1: share(right, with.len()),
        no_cause_kept_empty: share(empty, pairs.len() - with.len()),
        micro_f1: total.f1(),
        macro_f1: frequent.iter().sum::<f64>() / frequent.len().max(1) as f64,
        promised_f1: minutes(&|p| [p.gold.promised_min, p.reading.promised_min]),
        actual_f1: minutes(&|p| [p.gold.actual_min, p.reading.actual_min]),
        praised_f1: flag(&|p| (p.gold.praised, p.reading.praised)),
        abuse_f1: flag(&|p| (p.gold.abuse, p.reading.abuse)),
        abstained: part(&|p| p.reading.abstained),
    }
}

fn parts(pairs: &[&Pair]) -> Vec<(String, Measures)> {
    let mut groups: BTreeMap<String, Vec<&Pair>> = BTreeMap::new();
    for pair in pairs {
        let drawn = pair.gold.stratum.split(':').next().unwrap_or_default();
        for (what, name) in [("来源", pair.gold.source.as_str()), ("抽样", drawn)] {
            if !name.is_empty() {
                groups.entry(format!("{what} {name}")).or_default().push(pair);
            }
        }
    }
    groups.into_iter().map(|(name, pairs)| (name, measures(&pairs))).collect()
}

fn per_cause(pairs: &[&Pair]) -> Vec<CauseQuality> {
    let one = |(code, count): (String, Count)| CauseQuality {
        code,
        rows: count.hit + count.missed,
        precision: share(count.hit, count.hit + count.wrong),
        recall: share(count.hit, count.hit + count.missed),
        f1: count.f1(),
    };
    let mut causes: Vec<CauseQuality> = counts(pairs).into_iter().map(one).collect();
    causes.sort_by(|a, b| b.rows.cmp(&a.rows).then_with(|| a.code.cmp(&b.code)));
    causes
}

fn confusion(pairs: &[&Pair]) -> Vec<(String, String, usize)> {
    let mut cells: BTreeMap<(String, String), usize> = BTreeMap::new();
    for pair in pairs {
        let wanted = pair.gold.causes.first().cloned().unwrap_or_default();
        let read = pair.reading.causes.first().map(|c| c.code.to_string()).unwrap_or_default();
        if wanted != read {
            *cells.entry((wanted, read)).or_default() += 1;
        }
    }
    let mut cells: Vec<_> = cells.into_iter().map(|((wanted, read), rows)| (wanted, read, rows)).collect();
    cells.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| (&a.0, &a.1).cmp(&(&b.0, &b.1))));
    cells
}

fn bins(pairs: &[&Pair]) -> Vec<Bin> {
    let mut bins = vec![(0usize, 0f64, 0usize); BINS];
    for pair in pairs {
        for cause in &pair.reading.causes {
            let score = f64::from(cause.score.clamp(0.0, 1.0));
            let at = ((score * BINS as f64) as usize).min(BINS - 1);
            if let Some(bin) = bins.get_mut(at) {
                *bin = (bin.0 + 1, bin.1 + score, bin.2 + usize::from(has(pair, &cause.code).0));
            }
        }
    }
    let mean = |(named, sum, right): (usize, f64, usize)| Bin {
        named,
        score: sum / named.max(1) as f64,
        right: share(right, named),
    };
    bins.into_iter().map(mean).collect()
}

fn mistakes(pairs: &[&Pair]) -> Vec<Mistake> {
    let mut out: Vec<Mistake> = pairs.iter().filter_map(|pair| mistake(pair)).collect();
    out.sort_by(|a, b| b.sureness.total_cmp(&a.sureness).then_with(|| a.id.cmp(&b.id)));
    out.truncate(MOST_MISTAKES);
    out
}

fn mistake(pair: &Pair) -> Option<Mistake> {
    let Pair { gold, reading } = pair;
    let wrong: Vec<_> = reading.causes.iter().filter(|c| !has(pair, &c.code).0).collect();
    let kind_is_wrong = gold.kind != reading.kind;
    let missed_all = !gold.causes.is_empty() && gold.causes.iter().all(|code| !has(pair, code).1);
    if wrong.is_empty() && !kind_is_wrong && !missed_all {
        return None;
    }
    let letters: Vec<char> = reading.text.chars().collect();
    let cut = |start: u32, end: u32| letters.get(start as usize..end as usize).unwrap_or_default().iter().collect();
    let evidence = wrong.iter().flat_map(|c| c.evidence.iter().map(|span| cut(span.start, span.end)));
    let of_kind = if kind_is_wrong { reading.kind_score } else { 0.0 };
    let causes: Vec<String> = reading.causes.iter().map(|c| format!("{} {:.2}", c.code, c.score)).collect();
    Some(Mistake {
        id: gold.id.as_str().map_or_else(|| gold.id.to_string(), str::to_owned),
        text: reading.text.clone(),
        wanted: format!("{} {}", gold.kind, gold.causes.join(" ")),
        read: format!("{} {}", reading.kind, causes.join(" ")),
        evidence: evidence.collect(),
        sureness: wrong.iter().map(|c| c.score).fold(of_kind, f32::max),
    })
}
