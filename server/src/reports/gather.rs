//! The stores' answers for one week, as the report takes them.

use std::collections::BTreeMap;

use tingjian_query::{
    CausesAnswer, CausesBy, CausesQuestion, ContactGroupView, ContactsBy, DepartmentsAnswer, Filters,
    OverPromisesAnswer, QueryError,
};
use tingjian_report::{
    Asked, Basis, Campaign, CauseCount, Contacts, DeadLetters, Department, Emerging, Fcr, LaneCount, MenuNode, Moved,
    OverPromise, PairCount, People, Praised, Quality, Quote, ReadingVersion, Report, Said, Surprise, Versions, Week,
    WeekAnswers, WeekCounts,
};
use tingjian_schemas::Kind;
use tingjian_warehouse::{Span, Warehouse};

use super::ReportError;
use crate::{app::App, questions};

/// Weeks before, for the band.
const WEEKS_BEFORE: i64 = 8;
/// Lanes whose what-if is asked: those the report may name.
const LANES_ASKED: usize = 6;
/// Share of deliveries a suggested promise keeps.
const KEPT: f64 = 0.95;

/// Where the answers are taken from.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// Zone, taxonomy, addresses.
    pub app: &'a App,
    /// What is asked: what is known now, or what was known at a moment.
    pub store: &'a Warehouse,
    /// What no store keeps of a moment that is past: how much had been taken in and was waiting, and who had asked what.
    pub told: Option<&'a Report>,
}

/// Asks everything the report of `week` needs.
///
/// # Errors
/// A store is away.
pub async fn gather(source: Source<'_>, week: Week) -> Result<WeekAnswers, ReportError> {
    let Source { app, store, told } = source;
    let (now, before) = (span(app, week), span(app, week.before(1)));
    let names: Vec<String> = (0..=WEEKS_BEFORE).rev().map(|ago| week.before(ago).to_string()).collect();
    let all = Span { since: Some(week.before(WEEKS_BEFORE).begin(&app.zone)), until: now.until };
    let zone = &app.config.server.zone;
    let (volumes, whole, causes, causes_before, pairs, quotes) = tokio::try_join!(
        tingjian_query::volumes(store, &names, all, &app.zone, zone),
        causes(source, now, Vec::new()),
        causes(source, now, vec![Kind::Complaint]),
        causes(source, before, vec![Kind::Complaint]),
        pairs(store, now),
        quotes(store, now),
    )?;
    let (over, over_before, departments, departments_before, contacts, contacts_before) = tokio::try_join!(
        tingjian_query::over_promises(store, now),
        tingjian_query::over_promises(store, before),
        tingjian_query::departments(store, now),
        tingjian_query::departments(store, before),
        tingjian_query::contacts(store, ContactsBy::WEEK, now, "", zone),
        tingjian_query::contacts(store, ContactsBy::WEEK, before, "", zone),
    )?;
    let lanes = lanes(source, &over).await?;
    let (name, taxonomy) = (week.to_string(), app.taxonomy());
    let (menus, emerging, campaigns, people, quality) = tokio::try_join!(
        tingjian_query::menus(store, now),
        tingjian_query::emerging(store, Some(&name), &app.zone),
        tingjian_query::campaigns(store, &taxonomy, now),
        tingjian_query::people(store, now, zone),
        tingjian_query::quality(store, now),
    )?;
    let lag = match told {
        Some(told) => told.quality.lag_records,
        None => lag(app, quality.unattributed).await,
    };
    Ok(WeekAnswers {
        week,
        zone: app.zone.clone(),
        zone_name: zone.clone(),
        as_of: store.newest_event_at().await?,
        base_url: app.config.server.public_url.trim_end_matches('/').to_owned(),
        lag_records: lag,
        weeks: volumes.weeks.into_iter().map(week_counts).collect(),
        basis: Basis {
            judgement: whole.basis.judgement,
            facts: whole.basis.facts,
            text: whole.basis.text,
            pending: whole.basis.pending,
        },
        complaints: [causes.total, causes_before.total],
        causes: cause_counts(causes),
        causes_before: cause_counts(causes_before),
        pairs,
        quotes,
        over_promised: [over.records, over_before.records],
        lanes_before: lane_counts(over_before),
        lanes,
        departments: departments_of(departments, &departments_before),
        contacts: contacts_of(contacts.groups.into_iter().next()),
        contacts_before: contacts_of(contacts_before.groups.into_iter().next()),
        menus: menus.worst.into_iter().map(menu).collect(),
        emerging: emerging.map(emerging_of).unwrap_or_default(),
        campaigns: campaigns.items.into_iter().map(campaign).collect(),
        people: people_of(people),
        versions: versions(&quality),
        quality: quality_of(quality, lag, told.map(|told| &told.quality)),
        asked: asked(source, week).await?,
        said: said(store, week.before(1)).await?,
    })
}

fn span(app: &App, week: Week) -> Span {
    Span { since: Some(week.begin(&app.zone)), until: Some(week.end(&app.zone)) }
}

fn filters(span: Span, kinds: Vec<Kind>) -> Filters {
    Filters { since: span.since, until: span.until, kinds, ..Filters::default() }
}

async fn causes(source: Source<'_>, span: Span, kinds: Vec<Kind>) -> Result<CausesAnswer, QueryError> {
    let zone = source.app.config.server.zone.clone();
    let question = CausesQuestion { by: CausesBy::CAUSE, filters: filters(span, kinds), zone };
    tingjian_query::causes(source.store, &question).await
}

async fn pairs(store: &Warehouse, span: Span) -> Result<Vec<PairCount>, QueryError> {
    let filters = filters(span, vec![Kind::Complaint]).for_warehouse();
    let found = store.cause_departments(&filters).await?;
    let pair = |p: tingjian_warehouse::CauseDepartment| PairCount {
        code: p.code,
        department: p.department,
        records: p.records,
    };
    Ok(found.into_iter().map(pair).collect())
}

async fn quotes(store: &Warehouse, span: Span) -> Result<BTreeMap<String, Quote>, QueryError> {
    let found = store.quotes(span).await?;
    Ok(found.into_iter().map(|q| (q.code, Quote { record_id: q.record_id, text: q.text })).collect())
}

/// Lanes with what another promise would have done, for those that may be named.
async fn lanes(source: Source<'_>, over: &OverPromisesAnswer) -> Result<Vec<OverPromise>, QueryError> {
    let mut order: Vec<_> = over.lanes.iter().collect();
    // As the report ranks them.
    order.sort_by(|a, b| {
        let gap = |lane: &tingjian_query::OverPromisedLaneView| lane.capability_min - lane.promised_min;
        b.records.cmp(&a.records).then_with(|| gap(b).cmp(&gap(a))).then_with(|| a.lane.cmp(&b.lane))
    });
    let mut lanes = Vec::new();
    for (place, lane) in order.into_iter().enumerate() {
        let what_if = match place < LANES_ASKED {
            true => tingjian_query::what_if(source.store, &source.app.taxonomy(), &lane.lane, KEPT).await?,
            false => None,
        };
        let told = what_if.as_ref();
        lanes.push(OverPromise {
            lane: lane.lane.clone(),
            owner: lane.owner.clone(),
            records: lane.records,
            owner_records: lane.owner_records,
            last_week: None,
            promised_min: lane.promised_min,
            capability_min: lane.capability_min,
            deliveries: told.map_or(0, |w| w.deliveries),
            promise_min: told.and_then(|w| w.promise_min),
            kept_at_promise: told.and_then(|w| w.kept_at_promise),
            suggested_min: told.and_then(|w| w.suggested_min),
            late_complaints: told.map_or(0, |w| w.late_complaints),
            avoided: told.map_or(0, |w| w.avoided),
        });
    }
    Ok(lanes)
}

/// Accepted and not stored, or stored and not worked out.
async fn lag(app: &App, unattributed: u64) -> Option<u64> {
    let mut lag = unattributed;
    for sink in app.sinks().await {
        lag = lag.max(app.intake.lag(&sink.positions)?.saturating_add(if sink.name == "warehouse" {
            unattributed
        } else {
            0
        }));
    }
    Some(lag)
}

/// The appendix: as people have it now, or as a report says they had it.
async fn asked(source: Source<'_>, week: Week) -> Result<Vec<Asked>, ReportError> {
    let Source { app, store, told } = source;
    match told {
        Some(told) => Ok(questions::again(app, store, &told.asked).await?),
        None => Ok(questions::appendix(app, store, week).await?),
    }
}

/// What last week's published report named.
async fn said(store: &Warehouse, week: Week) -> Result<Option<Said>, ReportError> {
    let Some(kept) = store.edition(&week.to_string(), Some(1)).await? else { return Ok(None) };
    let report = tingjian_report::read(&kept.document)?.edition.report;
    Ok(Some(Said {
        sha256: kept.sha256,
        sentence: report.sentence.text,
        causes: report.causes.items.into_iter().map(|cause| (cause.code, cause.records)).collect(),
        lanes: report.over_promises.items.into_iter().map(|lane| (lane.lane, lane.records)).collect(),
    }))
}

fn week_counts(week: tingjian_query::WeekVolumeView) -> WeekCounts {
    WeekCounts { week: week.week, kinds: week.kinds, abstained: week.abstained, pending: week.pending }
}

fn cause_counts(answer: CausesAnswer) -> Vec<CauseCount> {
    let count = |g: tingjian_query::Group| CauseCount {
        code: g.key,
        records: g.records,
        share: g.share,
        low: g.low,
        high: g.high,
    };
    // A group that has records of the span before alone is none of this week's.
    answer.groups.into_iter().filter(|group| group.records > 0).map(count).collect()
}

fn lane_counts(over: OverPromisesAnswer) -> Vec<LaneCount> {
    over.lanes.into_iter().map(|lane| LaneCount { lane: lane.lane, records: lane.records }).collect()
}

/// Whoever holds a case without being a department.
const CUSTOMER: &str = "customer";

fn departments_of(now: DepartmentsAnswer, before: &DepartmentsAnswer) -> Vec<Department> {
    let place = |name: &str| {
        let found = before.items.iter().position(|item| item.department == name && item.records > 0)?;
        Some(found as u64 + 1)
    };
    let items = now.items.into_iter().filter(|item| item.department != CUSTOMER);
    let view = |item: tingjian_query::DepartmentView| Department {
        last_place: place(&item.department),
        department: item.department,
        records: item.records,
        hold_median_min: item.hold_median_min,
        hold_p90_min: item.hold_p90_min,
        requests: item.requests,
        requests_late: item.requests_late,
        reopened: item.reopened,
        judgements: item.judgements,
        overturned: item.overturned,
        overturn_rate: item.overturn_rate,
    };
    items.map(view).collect()
}

fn contacts_of(group: Option<ContactGroupView>) -> Contacts {
    let Some(group) = group else { return Contacts::default() };
    let fcr =
        |f: tingjian_query::FcrView| Fcr { hours: f.hours, contacts: f.contacts, resolved: f.resolved, rate: f.rate };
    Contacts {
        contacts: group.contacts,
        calls: group.calls,
        chains: group.chains,
        fcr: group.fcr.into_iter().map(fcr).collect(),
        wait_min: group.effort.wait_min,
        talk_min: group.effort.talk_min,
        press_min: group.effort.press_min,
        transfer_min: group.effort.transfer_min,
        repeat_min: group.effort.repeat_min,
        total_min: group.effort.total_min,
        asked_twice: group.asked_twice,
        presses: group.presses,
        transfers: group.transfers,
    }
}

fn menu(node: tingjian_query::MenuNodeView) -> MenuNode {
    MenuNode {
        path: node.path,
        calls: node.calls,
        ended: node.ended,
        gave_up: node.gave_up,
        looped: node.looped,
        presses: node.presses,
        lost_min: node.lost_min,
    }
}

fn emerging_of(answer: tingjian_query::EmergingAnswer) -> Emerging {
    let item = |item: tingjian_query::EmergingView| Surprise {
        kind: item.kind,
        cause: item.cause,
        name: String::new(),
        lane: item.lane,
        records: item.records,
        expected: item.expected,
        q: item.q,
        evidence: item.evidence,
    };
    Emerging {
        weeks_before: answer.weeks_before,
        tested: answer.tested,
        total: answer.items.len() as u64,
        false_discovery: answer.false_discovery,
        items: answer.items.into_iter().map(item).collect(),
    }
}

fn campaign(view: tingjian_query::CampaignView) -> Campaign {
    Campaign {
        promise_id: view.promise_id,
        owner: view.owner_department,
        agents_notified_at: view.agents_notified_at,
        records: view.records,
        knew_first: view.knew_first,
    }
}

fn people_of(answer: tingjian_query::PeopleAnswer) -> People {
    let praised = |p: tingjian_query::PraisedNameView| Praised {
        name: p.name,
        records: p.records,
        quote: (!p.example.is_empty()).then_some(Quote { record_id: p.example_id, text: p.example }),
    };
    let moved = |m: tingjian_query::MovedView| Moved { department: m.department, records: m.records, agents: m.agents };
    People {
        commendations: answer.commendations,
        commendations_read: None,
        praised: answer.praised.into_iter().map(praised).collect(),
        exonerated: answer.exonerated,
        moved: answer.moved.into_iter().map(moved).collect(),
        abuse: answer.abuse,
        agent_days: answer.agent_days,
        days_under: answer.days_under,
        days_over: answer.days_over,
        band_low: answer.band_low,
        band_high: answer.band_high,
    }
}

fn quality_of(answer: tingjian_query::QualityAnswer, lag_records: Option<u64>, told: Option<&Quality>) -> Quality {
    let dead = |d: tingjian_query::DeadView| DeadLetters { stream: d.stream, reason: d.reason, letters: d.letters };
    Quality {
        events: answer.events,
        taken: told.map_or(Some(answer.taken), |told| told.taken),
        repeats: told.map_or(Some(answer.repeats), |told| told.repeats),
        dead_letters: answer.dead_letters,
        dead: answer.dead.into_iter().map(dead).collect(),
        lag_records,
        double_checked: answer.double_checked,
        agreed: answer.agreed,
    }
}

fn versions(answer: &tingjian_query::QualityAnswer) -> Versions {
    let reading = |r: &tingjian_query::ReadingView| ReadingVersion {
        dictionary: r.dictionary.clone(),
        taxonomy: r.taxonomy.clone(),
        rules: r.rules.clone(),
        model: r.model.clone(),
        records: r.records,
    };
    Versions { program: env!("CARGO_PKG_VERSION").to_owned(), readings: answer.readings.iter().map(reading).collect() }
}
