//! The one sentence: what changed most and who owns it, by a rule and not by taste.

use std::collections::BTreeMap;

use tingjian_schemas::Taxonomy;

use crate::{Cause, Sentence, SentenceRule, WeekAnswers, compose};

/// Two weeks' complaints together, below which no change is spoken of.
const LEAST: u64 = 10;
/// Square of the normal distribution's 0.975 quantile: two counts of one rate differ by more in 5 % of weeks.
const BEYOND_CHANCE: f64 = 3.841_458_820_694_124;

/// Whether two counts differ by more than chance explains: (a − b)² / (a + b) against chi-square with one degree.
pub(crate) fn is_beyond_chance(a: u64, b: u64) -> bool {
    let sum = a + b;
    sum >= LEAST && (a as f64 - b as f64).powi(2) / sum as f64 >= BEYOND_CHANCE
}

/// Chooses the sentence. `causes` are this week's, `before` the counts of the week before.
pub(crate) fn choose(
    answers: &WeekAnswers,
    causes: &[Cause],
    before: &BTreeMap<&str, u64>,
    taxonomy: &Taxonomy,
) -> Sentence {
    let total = answers.weeks.last().map_or(0, crate::WeekCounts::total);
    if total == 0 {
        return plain(SentenceRule::Nothing, "本周没有收到任何记录。");
    }
    let gone = gone(causes, before, taxonomy);
    let changed = causes.iter().chain(&gone).filter(|c| c.last_week.is_some_and(|b| is_beyond_chance(c.records, b)));
    let moved = |c: &&Cause| c.records.abs_diff(c.last_week.unwrap_or(0));
    // The greatest difference; then the larger count; then the code.
    let most = changed.min_by(|a, b| {
        moved(b).cmp(&moved(a)).then_with(|| b.records.cmp(&a.records)).then_with(|| a.code.cmp(&b.code))
    });
    match (most, causes.first()) {
        (Some(cause), _) => told(SentenceRule::Change, cause),
        (None, Some(cause)) if cause.last_week.is_some() => told(SentenceRule::Largest, cause),
        (None, Some(cause)) => told(SentenceRule::First, cause),
        (None, None) => plain(SentenceRule::NoCause, "本周有记录，但没有一条投诉能够确定根因。"),
    }
}

/// Causes of the week before that nobody complains about any more.
fn gone(causes: &[Cause], before: &BTreeMap<&str, u64>, taxonomy: &Taxonomy) -> Vec<Cause> {
    let is_gone = |code: &&str| causes.iter().all(|cause| cause.code != *code);
    let nobody = |code: &str, records: u64| Cause {
        code: code.to_owned(),
        name: compose::name_of(code, taxonomy),
        records: 0,
        share: 0.0,
        low: 0.0,
        high: 0.0,
        last_week: Some(records),
        change: Some(-1.0),
        department: taxonomy.owner(code).map(ToString::to_string),
        department_records: 0,
        quote: None,
    };
    before.iter().filter(|(code, _)| is_gone(code)).map(|(code, records)| nobody(code, *records)).collect()
}

fn plain(rule: SentenceRule, text: &str) -> Sentence {
    Sentence {
        rule,
        cause: None,
        name: None,
        records: 0,
        last_week: None,
        change: None,
        department: None,
        department_records: 0,
        text: text.to_owned(),
    }
}

fn told(rule: SentenceRule, cause: &Cause) -> Sentence {
    let Cause { name, records, department_records, .. } = cause;
    let owner = match &cause.department {
        Some(department) if *department_records > 0 => format!("其中 {department_records} 条由{department}负责"),
        Some(department) => format!("归口{department}"),
        None => "责任待定".to_owned(),
    };
    let text = match (rule, cause.last_week) {
        (SentenceRule::Change, Some(before)) => {
            format!("变化最大的是“{name}”：投诉 {records} 条，上周 {before} 条；{owner}。")
        }
        (_, Some(before)) => {
            format!("与上周相比没有超出偶然的变化；最多的仍是“{name}”：投诉 {records} 条，上周 {before} 条；{owner}。")
        }
        (_, None) => format!("第一周，还没有可以比较的上周；最多的是“{name}”：投诉 {records} 条；{owner}。"),
    };
    Sentence {
        rule,
        cause: Some(cause.code.clone()),
        name: Some(name.clone()),
        records: *records,
        last_week: cause.last_week,
        change: cause.change,
        department: cause.department.clone(),
        department_records: *department_records,
        text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_chance_does_not_explain_is_a_change() {
        for (a, b, expected) in [
            (0, 0, false),
            (9, 0, false),
            (10, 0, true),
            (12, 8, false),
            (20, 8, true),
            (100, 120, false),
            (130, 100, true),
        ] {
            assert_eq!(is_beyond_chance(a, b), expected, "{a} after {b}");
            assert_eq!(is_beyond_chance(b, a), expected, "{b} after {a}");
        }
    }
}
