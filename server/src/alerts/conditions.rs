//! What is worth an alert. Pure: from measures and thresholds to conditions.

use form_urlencoded::Serializer;
use tingjian_query::{DepartmentView, EmergingAnswer};
use tingjian_report::shown;
use tingjian_schemas::Taxonomy;

use crate::config::Alerts;

/// Alerts of one kind at one moment at most: the first ones.
const MOST_OF_A_KIND: usize = 10;

/// What was measured.
#[derive(Clone, Debug, Default)]
pub struct Measures {
    /// What is surprising in the newest week; `None`: no data.
    pub emerging: Option<EmergingAnswer>,
    /// Departments over the last four weeks.
    pub departments: Vec<DepartmentView>,
    /// Accepted and not stored; `None`: unknown.
    pub lag_records: Option<u64>,
    /// At the look before.
    pub lag_before: Option<u64>,
    /// Dead letters of the last day.
    pub dead_letters: u64,
}

/// Something that holds and is worth an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// What it is about: the same as long as it is the same.
    pub subject: String,
    /// One line.
    pub title: String,
    /// More of it.
    pub detail: String,
    /// Path of the page behind it.
    pub link: String,
}

/// Everything that holds.
pub fn conditions(measures: &Measures, thresholds: &Alerts, taxonomy: &Taxonomy) -> Vec<Condition> {
    let mut all = emerging(measures, thresholds, taxonomy);
    all.extend(overdue(measures, thresholds));
    all.extend(lag(measures, thresholds));
    all.extend(dead_letters(measures, thresholds));
    all
}

fn address(path: &str, pairs: &[(&str, &str)]) -> String {
    format!("{path}?{}", Serializer::new(String::new()).extend_pairs(pairs).finish())
}

fn emerging(measures: &Measures, thresholds: &Alerts, taxonomy: &Taxonomy) -> Vec<Condition> {
    let Some(answer) = &measures.emerging else { return Vec::new() };
    let is_past = |item: &&tingjian_query::EmergingView| {
        item.q <= thresholds.emerging_q && item.records >= thresholds.emerging_records
    };
    let condition = |item: &tingjian_query::EmergingView| {
        let name = taxonomy.cause(&item.cause).map_or(item.cause.as_str(), |cause| &cause.zh);
        let place = item.lane.as_ref().map_or_else(String::new, |lane| format!("（{lane}）"));
        let mut filters = vec![("week", answer.week.as_str()), ("cause", item.cause.as_str())];
        filters.extend(item.lane.as_deref().map(|lane| ("lane", lane)));
        Condition {
            subject: format!("emerging/{}/{}:{}{place}", answer.week, item.kind, item.cause),
            title: format!("新冒头：{name}{place}"),
            detail: format!(
                "{} 已有 {} 条，按往常只应有 {} 条；误报界 {}。",
                answer.week,
                item.records,
                shown::short(item.expected),
                shown::chance(item.q)
            ),
            link: item.evidence.first().map_or_else(
                || address("/causes", &filters),
                |record| format!("/records/{}", form_urlencoded::byte_serialize(record.as_bytes()).collect::<String>()),
            ),
        }
    };
    answer.items.iter().filter(is_past).take(MOST_OF_A_KIND).map(condition).collect()
}

fn overdue(measures: &Measures, thresholds: &Alerts) -> Vec<Condition> {
    let mut late: Vec<&DepartmentView> = measures
        .departments
        .iter()
        .filter(|one| one.requests_overdue > 0 && one.requests_overdue >= thresholds.overdue_requests)
        .collect();
    late.sort_by(|a, b| b.requests_overdue.cmp(&a.requests_overdue).then_with(|| a.department.cmp(&b.department)));
    let condition = |one: &&DepartmentView| Condition {
        subject: format!("overdue/{}", one.department),
        title: format!("{}超时未答复", one.department),
        detail: format!("{} 个协办请求已过时限仍未答复。", one.requests_overdue),
        link: address("/requests", &[("department", one.department.as_str()), ("state", "overdue")]),
    };
    late.iter().take(MOST_OF_A_KIND).map(condition).collect()
}

/// Lag that is past its threshold and was no less at the look before: it does not shrink by itself.
fn lag(measures: &Measures, thresholds: &Alerts) -> Option<Condition> {
    let (now, before) = (measures.lag_records?, measures.lag_before?);
    (now >= thresholds.lag_records && now >= before).then(|| Condition {
        subject: "lag".into(),
        title: "入库跟不上".into(),
        detail: format!("已接收而未入库的有 {} 条，且没有减少。", shown::count(now as f64)),
        link: "/system".into(),
    })
}

fn dead_letters(measures: &Measures, thresholds: &Alerts) -> Option<Condition> {
    (measures.dead_letters >= thresholds.dead_letters).then(|| Condition {
        subject: "dead-letters".into(),
        title: "无法读取的数据增多".into(),
        detail: format!(
            "一天之内有 {} 条数据读不出来，已留在死信里，可重试。",
            shown::count(measures.dead_letters as f64)
        ),
        link: "/system#dead-letters".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taxonomy() -> Taxonomy {
        crate::app::understanding::taxonomy(&crate::config::Analysis::default()).unwrap()
    }

    fn check(measures: &Measures, subjects: &[&str]) {
        let thresholds =
            Alerts { overdue_requests: 3, lag_records: 100, dead_letters: 5, emerging_records: 4, ..Alerts::default() };
        let found = conditions(measures, &thresholds, &taxonomy());
        let found: Vec<&str> = found.iter().map(|condition| condition.subject.as_str()).collect();
        assert_eq!(found, subjects, "{measures:?}");
    }

    fn department(name: &str, overdue: u64) -> DepartmentView {
        DepartmentView { department: name.into(), requests_overdue: overdue, ..DepartmentView::default() }
    }

    #[test]
    fn each_past_its_threshold() {
        check(&Measures::default(), &[]);
        let departments = vec![department("市场", 2), department("物流", 3), department("售后", 9)];
        check(&Measures { departments, ..Measures::default() }, &["overdue/售后", "overdue/物流"]);
        for (before, now, subjects) in [
            (None, Some(500), [].as_slice()),
            (Some(600), Some(500), &[]),
            (Some(99), Some(99), &[]),
            (Some(90), Some(100), &["lag"]),
            (Some(100), None, &[]),
        ] {
            check(&Measures { lag_before: before, lag_records: now, ..Measures::default() }, subjects);
        }
        check(&Measures { dead_letters: 4, ..Measures::default() }, &[]);
        check(&Measures { dead_letters: 5, ..Measures::default() }, &["dead-letters"]);
        let item = |cause: &str, records: u64, q: f64| tingjian_query::EmergingView {
            kind: "cause".into(),
            cause: cause.into(),
            lane: None,
            records,
            expected: 1.0,
            p: q,
            q,
            evidence: Vec::new(),
        };
        let emerging = Some(EmergingAnswer {
            week: "2026-W47".into(),
            weeks_before: 8,
            method: "",
            false_discovery: 0.05,
            min_support: 3,
            tested: 9,
            terms_of_one_in: 0,
            items: vec![item("promise.eta_overpromise", 9, 0.001), item("few", 3, 0.001), item("unsure", 9, 0.04)],
        });
        check(&Measures { emerging, ..Measures::default() }, &["emerging/2026-W47/cause:promise.eta_overpromise"]);
    }
}
