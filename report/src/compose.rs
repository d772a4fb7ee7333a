//! Answers → report: what is named, in which order, and how much of it.

use std::collections::BTreeMap;

use serde_json::Value;
use tingjian_schemas::Taxonomy;

use crate::{
    Band, Cause, Causes, Department, Effort, Emerging, FollowedItem, KindVolume, Report, Surprise, Volumes,
    WeekAnswers, WeekCounts, WeekVolume, followed, ledger, sentence,
};

/// Causes named.
const CAUSES: usize = 8;
/// Departments named.
const DEPARTMENTS: usize = 10;
/// Surprising cells named.
const SURPRISES: usize = 6;
/// Promotions named.
const CAMPAIGNS: usize = 5;
/// Fewest weeks that make a band.
const BAND_WEEKS: usize = 3;
/// Kinds in the order in which they are told.
const KINDS: [&str; 5] = ["complaint", "inquiry", "suggestion", "commendation", "other"];

/// The report of a week.
pub fn compose(answers: &WeekAnswers, taxonomy: &Taxonomy) -> Report {
    rounded(chosen(answers, taxonomy))
}

/// Decimals kept: enough for every figure shown, few enough that reading the JSON gives the same number on every machine.
const DECIMALS: f64 = 1e6;

/// The same report with every fraction rounded. A number that JSON does not know stays as it is.
fn rounded(report: Report) -> Report {
    let Ok(mut json) = serde_json::to_value(&report) else { return report };
    round(&mut json);
    serde_json::from_value(json).unwrap_or(report)
}

fn round(json: &mut Value) {
    match json {
        Value::Number(number) if number.is_f64() => {
            let value = number.as_f64().map(|value| (value * DECIMALS).round() / DECIMALS);
            if let Some(rounded) = value.and_then(serde_json::Number::from_f64) {
                *number = rounded;
            }
        }
        Value::Array(list) => list.iter_mut().for_each(round),
        Value::Object(object) => object.values_mut().for_each(round),
        _ => {}
    }
}

fn chosen(answers: &WeekAnswers, taxonomy: &Taxonomy) -> Report {
    let WeekAnswers { week, zone, .. } = answers;
    let had_week_before = answers.weeks.len() > 1;
    let before: BTreeMap<&str, u64> = answers.causes_before.iter().map(|c| (c.code.as_str(), c.records)).collect();
    let causes: Vec<Cause> =
        answers.causes.iter().map(|count| cause(count, answers, &before, had_week_before, taxonomy)).collect();
    let over_promises = ledger::over_promises(answers, had_week_before);
    Report {
        week: week.to_string(),
        first_day: week.first_day(),
        last_day: week.last_day(),
        since: week.begin(zone),
        until: week.end(zone),
        zone: answers.zone_name.clone(),
        as_of: answers.as_of,
        base_url: answers.base_url.clone(),
        incomplete: incomplete(answers),
        sentence: sentence::choose(answers, &causes, &before, taxonomy),
        volumes: volumes(answers),
        followed: followed::follow(answers, &causes, taxonomy),
        causes: Causes {
            complaints: answers.complaints[0],
            total: causes.len() as u64,
            items: causes.into_iter().take(CAUSES).collect(),
        },
        over_promises,
        departments: departments(&answers.departments),
        effort: Effort {
            now: answers.contacts.clone(),
            last_week: had_week_before.then(|| answers.contacts_before.clone()),
            worst_menu: answers.menus.first().cloned(),
        },
        emerging: emerging(&answers.emerging, taxonomy),
        campaigns: answers.campaigns.iter().take(CAMPAIGNS).cloned().collect(),
        people: answers.people.clone(),
        quality: answers.quality.clone(),
        versions: answers.versions.clone(),
        asked: answers.asked.clone(),
    }
}

/// The name of a cause, or its code where the taxonomy in force does not have it.
pub(crate) fn name_of(code: &str, taxonomy: &Taxonomy) -> String {
    taxonomy.cause(code).map_or_else(|| code.to_owned(), |cause| cause.zh.clone())
}

/// Against what was before; nothing to compare with where that was nothing.
pub(crate) fn change(now: u64, before: Option<u64>) -> Option<f64> {
    before.filter(|before| *before > 0).map(|before| (now as f64 - before as f64) / before as f64)
}

fn cause(
    count: &crate::CauseCount,
    answers: &WeekAnswers,
    before: &BTreeMap<&str, u64>,
    had_week_before: bool,
    taxonomy: &Taxonomy,
) -> Cause {
    let last_week = had_week_before.then(|| before.get(count.code.as_str()).copied().unwrap_or(0));
    let department = owner(&count.code, answers);
    Cause {
        code: count.code.clone(),
        name: name_of(&count.code, taxonomy),
        records: count.records,
        share: count.share,
        low: count.low,
        high: count.high,
        last_week,
        change: change(count.records, last_week),
        department_records: department.as_ref().map_or(0, |(_, records)| *records),
        department: department.map(|(name, _)| name),
        quote: answers.quotes.get(&count.code).cloned(),
    }
}

/// Who answers for most complaints under a cause; equal counts: the first by name.
fn owner(code: &str, answers: &WeekAnswers) -> Option<(String, u64)> {
    let pairs = answers.pairs.iter().filter(|pair| pair.code == code);
    let most = pairs.min_by(|a, b| b.records.cmp(&a.records).then_with(|| a.department.cmp(&b.department)));
    most.map(|pair| (pair.department.clone(), pair.records))
}

fn incomplete(answers: &WeekAnswers) -> Vec<String> {
    let mut reasons = Vec::new();
    let end = answers.week.end(&answers.zone);
    match answers.as_of {
        None => reasons.push("还没有任何数据".to_owned()),
        Some(newest) if newest < end => {
            let shown = newest.to_zoned(answers.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
            reasons.push(format!("这一周还没有过完：最新一条事件发生于 {shown}"));
        }
        Some(_) => {}
    }
    match answers.lag_records {
        Some(0) => {}
        Some(lag) => reasons.push(format!("还有 {lag} 条已收到的事件没有入库或没有归因")),
        None => reasons.push("不清楚是否还有已收到而未入库的事件".to_owned()),
    }
    reasons
}

fn volumes(answers: &WeekAnswers) -> Volumes {
    let (now, earlier) = match answers.weeks.split_last() {
        Some((now, earlier)) => (now.clone(), earlier),
        None => (WeekCounts::default(), [].as_slice()),
    };
    let kind = |kind: &str| {
        let counts: Vec<u64> = earlier.iter().map(|week| week.of(kind)).collect();
        let band = counts.iter().min().zip(counts.iter().max()).filter(|_| counts.len() >= BAND_WEEKS);
        KindVolume {
            kind: kind.to_owned(),
            records: now.of(kind),
            last_week: counts.last().copied(),
            band: band.map(|(low, high)| Band { low: *low, high: *high, weeks: counts.len() as u64 }),
        }
    };
    let week = |week: &WeekCounts| WeekVolume {
        week: week.week.clone(),
        records: week.total(),
        complaints: week.of("complaint"),
    };
    Volumes {
        records: now.total(),
        last_week: earlier.last().map(WeekCounts::total),
        abstained: now.abstained,
        basis: answers.basis,
        kinds: KINDS.map(kind).into(),
        weeks: answers.weeks.iter().map(week).collect(),
    }
}

fn departments(all: &[Department]) -> Vec<Department> {
    let spoken =
        |d: &&Department| d.records + d.requests + d.reopened + d.judgements > 0 || d.hold_median_min.is_some();
    all.iter().filter(spoken).take(DEPARTMENTS).cloned().collect()
}

fn emerging(found: &Emerging, taxonomy: &Taxonomy) -> Emerging {
    let named = |item: &Surprise| Surprise { name: name_of(&item.cause, taxonomy), ..item.clone() };
    Emerging { items: found.items.iter().take(SURPRISES).map(named).collect(), ..found.clone() }
}

/// What was said then, held against now.
pub(crate) fn followed_item(key: &str, name: String, then: u64, now: u64) -> FollowedItem {
    FollowedItem { key: key.to_owned(), name, then, now, change: change(now, Some(then)) }
}
