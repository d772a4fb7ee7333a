//! 追溯: one record's whole story on one page.

mod choices;
mod rulings;

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use jiff::Timestamp;
use serde::Deserialize;
use tingjian_query::{CauseView, LayerView, RecordAnswer, RequestView, Responsible, TraceAnswer};
use tingjian_schemas::Span;

pub use self::{
    choices::Choices,
    rulings::{Correction, appeal, correct, judge},
};
use super::{
    address::encode,
    decomposition::{Delay, Picture},
    failure::failed,
    format::{local, minutes},
    holds::HoldsBar,
    marked::{Run, runs},
    names::cause_name,
    render,
    visit::Visit,
};
use crate::{
    app::App,
    http::{
        access::{Scope, Visitor},
        problem::Problem,
    },
};

/// Contacts of a chain that are listed.
const CHAIN_SHOWN: usize = 20;

#[derive(Template)]
#[template(path = "record.html")]
struct Page {
    visit: Visit,
    filed: bool,
    record_id: String,
    kind: String,
    at: String,
    abstained: bool,
    abuse: bool,
    runs: Vec<Run>,
    causes: Vec<Cause>,
    verdict: String,
    basis: String,
    basis_class: &'static str,
    responsible: Vec<Share>,
    layers: Vec<Layer>,
    picture: Option<Picture>,
    terms: Vec<(String, String)>,
    promise: Vec<(String, String)>,
    delivery: Vec<(String, String)>,
    exonerated: Vec<String>,
    holds: Option<HoldsBar>,
    case_link: String,
    requests: Vec<Request>,
    chain: Vec<Contact>,
    chain_effort: String,
    effort: Vec<(String, String)>,
    history: Vec<Entry>,
    contradictions: Vec<String>,
    facts: Vec<(String, String)>,
    versions: Vec<(String, String)>,
    as_of: String,
    choices: Choices,
    open_appeals: Vec<(String, String)>,
}

struct Cause {
    name: String,
    code: String,
    score: String,
    department: String,
    quotes: Vec<String>,
}

struct Share {
    department: String,
    href: String,
    cause: String,
    minutes: String,
    reason: String,
}

struct Layer {
    name: String,
    verdict: String,
    departments: String,
}

struct Request {
    department: String,
    asked: String,
    due: String,
    replied: String,
    late: String,
    open: bool,
    others: String,
}

struct Contact {
    link: String,
    at: String,
    kind: String,
    text: String,
    here: bool,
}

struct Entry {
    at: String,
    what: String,
    who: String,
    text: String,
    open: bool,
}

/// Whether something was just sent from here.
#[derive(Deserialize)]
pub struct Filed {
    filed: Option<String>,
}

/// The page of one record.
pub async fn page(
    visit: Visit,
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(record_id): Path<String>,
    Query(filed): Query<Filed>,
) -> Response {
    match told(&app, &visitor, &record_id).await {
        Ok((trace, chain)) => {
            let page = Shown { app: &app, visit: &visit, trace: &trace }.page(&chain, filed.filed.is_some());
            render(StatusCode::OK, &page)
        }
        Err(problem) => failed(visit, problem),
    }
}

async fn told(app: &App, visitor: &Visitor, record_id: &str) -> Result<(TraceAnswer, Vec<RecordAnswer>), Problem> {
    let trace = visitor.scope.trace(app, record_id).await?;
    let trace = trace.ok_or_else(|| Problem::not_found(format!("没有编号为 {record_id} 的记录")))?;
    let ids: Vec<&str> =
        trace.chain.iter().flat_map(|chain| &chain.records).map(String::as_str).take(CHAIN_SHOWN).collect();
    let mut chain = if ids.len() > 1 { tingjian_query::records(&app.warehouse, &ids).await? } else { Vec::new() };
    // Whoever is bound sees of a chain what is theirs.
    if visitor.scope != Scope::All {
        chain.retain(|contact| contact.record_id == record_id);
    }
    Ok((trace, chain))
}

struct Shown<'a> {
    app: &'a App,
    visit: &'a Visit,
    trace: &'a TraceAnswer,
}

impl Shown<'_> {
    fn page(&self, chain: &[RecordAnswer], filed: bool) -> Page {
        let (trace, record) = (self.trace, &self.trace.record);
        let zone = &self.app.zone;
        let language = self.visit.language;
        let elapsed = trace.elapsed_min.filter(|_| !trace.holds.is_empty());
        Page {
            visit: self.visit.clone(),
            filed,
            record_id: record.record_id.clone(),
            kind: language.name("kind", &record.kind),
            at: local(zone, record.occurred_at),
            abstained: record.abstained,
            abuse: record.abuse,
            runs: self.marked(),
            causes: record.causes.iter().map(|cause| self.cause(cause)).collect(),
            verdict: language.name("verdict", &trace.verdict),
            basis: language.name("basis", trace.basis),
            basis_class: if trace.basis == "pending" { "warn" } else { "good" },
            responsible: trace.responsible.iter().map(|share| self.share(share)).collect(),
            layers: vec![self.layer("trace.by_facts", &trace.by_facts), self.layer("trace.by_text", &trace.by_text)],
            picture: self.picture(),
            terms: self.terms(),
            promise: self.promise(),
            delivery: self.delivery(),
            exonerated: self.exonerated(),
            holds: elapsed.map(|elapsed| HoldsBar::new(language, zone, &trace.holds, elapsed)),
            case_link: record.case_key.as_ref().map(|key| format!("/cases/{key}")).unwrap_or_default(),
            requests: trace.requests.iter().map(|request| request_row(self.app, self.visit, request)).collect(),
            chain: chain.iter().map(|contact| self.contact(contact)).collect(),
            chain_effort: trace.chain.as_ref().map(|chain| format!("{:.1}", chain.effort_min)).unwrap_or_default(),
            effort: self.effort(),
            history: self.history(),
            contradictions: trace
                .contradictions
                .iter()
                .map(|found| language.name("contradiction", found.kind))
                .collect(),
            facts: self.facts(),
            versions: self.versions(),
            as_of: local(zone, trace.as_of),
            choices: Choices::new(self.app, self.visit, &record.kind, &record.causes),
            open_appeals: self.open_appeals(),
        }
    }

    fn name(&self, code: &str) -> String {
        cause_name(self.app, self.visit.language, code)
    }

    fn at(&self, time: Timestamp) -> String {
        local(&self.app.zone, time)
    }

    fn min(&self, min: i64) -> String {
        minutes(self.visit.language, min)
    }

    fn marked(&self) -> Vec<Run> {
        marked(self.app, self.visit, &self.trace.record)
    }

    fn cause(&self, cause: &CauseView) -> Cause {
        let quote = |span: &Span| {
            let length = span.end.saturating_sub(span.start) as usize;
            self.trace.record.text.chars().skip(span.start as usize).take(length).collect()
        };
        Cause {
            name: self.name(&cause.code),
            code: cause.code.clone(),
            score: format!("{:.0}%", cause.score * 100.0),
            department: cause.department.clone(),
            quotes: cause.evidence.iter().map(quote).collect(),
        }
    }

    fn share(&self, share: &Responsible) -> Share {
        Share {
            department: share.department.clone(),
            href: format!("/departments/{}", encode(&share.department)),
            cause: self.name(&share.cause),
            minutes: share.minutes.map(|min| self.min(min)).unwrap_or_default(),
            reason: share.reason.clone(),
        }
    }

    fn layer(&self, key: &str, layer: &LayerView) -> Layer {
        let departments: Vec<&str> = layer.responsible.iter().map(|share| share.department.as_str()).collect();
        Layer {
            name: self.visit.t(key).to_owned(),
            verdict: self.visit.language.name("verdict", &layer.verdict),
            departments: departments.join("、"),
        }
    }

    fn picture(&self) -> Option<Picture> {
        let trace = self.trace;
        let by_text = |min: Option<u32>| min.map(i64::from);
        let promised = trace.promise.as_ref().and_then(|promise| promise.promised_min);
        let promised = promised.or_else(|| by_text(trace.record.promised_min))?;
        let actual = trace.delivery.as_ref().map(|delivery| delivery.actual_min);
        let actual = actual.or_else(|| by_text(trace.record.actual_min))?;
        let capability = trace.capability.as_ref().and_then(|seen| seen.p90_min).map(i64::from);
        let open = trace.delivery.as_ref().map_or(trace.record.actual_open == Some(true), |delivery| delivery.open);
        Some(Picture::new(self.visit.language, Delay { promised, capability, actual, open }))
    }

    fn terms(&self) -> Vec<(String, String)> {
        let Some(terms) = &self.trace.decomposition else { return Vec::new() };
        let t = |key: &str| self.visit.t(key).to_owned();
        let unknown = || self.visit.t("trace.unknown").to_owned();
        let or_unknown = |min: Option<i64>| min.map_or_else(unknown, |min| self.min(min));
        vec![
            (t("trace.late"), self.min(terms.late_min)),
            (t("trace.overpromise_term"), or_unknown(terms.overpromise_min)),
            (t("trace.overrun_term"), or_unknown(terms.overrun_min)),
        ]
    }

    fn promise(&self) -> Vec<(String, String)> {
        let Some(promise) = &self.trace.promise else { return Vec::new() };
        let t = |key: &str| self.visit.t(key).to_owned();
        let made_by = self.visit.language.name("made_by", &promise.made_by_kind);
        let mut rows = vec![
            (t("column.made_by"), made_by),
            (t("column.owner"), promise.owner_department.clone()),
            (t("column.made_at"), self.at(promise.made_at)),
        ];
        rows.extend(promise.promised_min.map(|min| (t("trace.promised"), self.min(min))));
        rows.extend(promise.agent_no.clone().map(|agent| (t("filter.agent_no"), agent)));
        rows.push((t("column.promise"), promise.promise_id.clone()));
        rows
    }

    fn delivery(&self) -> Vec<(String, String)> {
        let t = |key: &str| self.visit.t(key).to_owned();
        let mut rows = Vec::new();
        if let Some(delivery) = &self.trace.delivery {
            rows.push((t("column.department"), delivery.department.clone()));
            rows.push((t("trace.started"), self.at(delivery.started_at)));
            let finished = delivery.finished_at.map_or_else(|| t("trace.not_finished"), |at| self.at(at));
            rows.push((t("trace.finished"), finished));
        }
        if let Some(seen) = &self.trace.capability {
            let level = seen.level.as_deref().map(|level| self.visit.language.name("level", level));
            let p90 = seen.p90_min.map_or_else(|| t("trace.unknown"), |min| self.min(i64::from(min)));
            let of = self.visit.language.fill("trace.capability_of", &[&seen.deliveries.to_string()]);
            rows.push((
                t("trace.capability"),
                format!("{p90}（{of}{}）", level.map(|l| format!("，{l}")).unwrap_or_default()),
            ));
        }
        rows
    }

    fn exonerated(&self) -> Vec<String> {
        let said = self.trace.exonerated.iter().map(|found| {
            self.visit.language.fill("trace.exonerated_why", &[&found.agent_no, &found.rule, &found.moved_to])
        });
        let misquoted =
            self.trace.misquoted_by.iter().map(|agent| self.visit.language.fill("trace.misquoted", &[agent]));
        said.chain(misquoted).collect()
    }

    fn contact(&self, contact: &RecordAnswer) -> Contact {
        Contact {
            link: format!("/records/{}", encode(&contact.record_id)),
            at: self.at(contact.occurred_at),
            kind: self.visit.language.name("stream", &contact.stream),
            text: contact.text.chars().take(60).collect(),
            here: contact.record_id == self.trace.record.record_id,
        }
    }

    fn effort(&self) -> Vec<(String, String)> {
        let Some(effort) = &self.trace.effort else { return Vec::new() };
        let parts = [
            ("effort.wait", effort.wait_min),
            ("effort.talk", effort.talk_min),
            ("effort.press", effort.press_min),
            ("effort.transfer", effort.transfer_min),
            ("effort.repeat", effort.repeat_min),
            ("effort.total", effort.total_min),
        ];
        parts.map(|(key, min)| (self.visit.t(key).to_owned(), format!("{min:.1}"))).into()
    }

    fn history(&self) -> Vec<Entry> {
        let (trace, language) = (self.trace, self.visit.language);
        let judged = trace.judgements.iter().map(|one| {
            let what = format!("{} {}", language.t("trace.judgement"), language.name("verdict", &one.verdict));
            let department = one.department.as_deref().unwrap_or_default();
            (one.occurred_at, what, one.judge.clone(), format!("{department} {}", one.reason), false)
        });
        let appealed = trace.appeals.iter().map(|one| {
            let who = format!("{} {}", one.department.as_deref().unwrap_or_default(), one.filed_by);
            (one.occurred_at, language.t("trace.appeal").to_owned(), who, one.reason.clone(), one.open)
        });
        let corrected = trace.corrections.iter().map(|one| {
            let kind = one.kind.as_deref().map(|kind| language.name("kind", kind));
            let causes = one.causes.iter().flatten().map(|code| self.name(code));
            let said: Vec<String> = kind.into_iter().chain(causes).chain(one.note.clone()).collect();
            (one.occurred_at, language.t("trace.correction").to_owned(), one.by.clone(), said.join("、"), false)
        });
        let mut all: Vec<_> = judged.chain(appealed).chain(corrected).collect();
        all.sort_by_key(|entry| entry.0);
        let entry = |(at, what, who, text, open)| Entry { at: self.at(at), what, who, text, open };
        all.into_iter().map(entry).collect()
    }

    fn open_appeals(&self) -> Vec<(String, String)> {
        let open = self.trace.appeals.iter().filter(|appeal| appeal.open);
        open.map(|appeal| (appeal.appeal_id.clone(), appeal.reason.chars().take(24).collect())).collect()
    }

    fn facts(&self) -> Vec<(String, String)> {
        let record = &self.trace.record;
        let language = self.visit.language;
        let min = |value: Option<u32>| value.map(|min| self.min(i64::from(min)));
        let lane = record.lane.as_ref().map(|lane| {
            let part = |part: &Option<String>| part.clone().unwrap_or_default();
            format!(
                "{}→{}/{}/{}",
                part(&lane.origin),
                part(&lane.destination),
                part(&lane.carrier),
                part(&lane.service)
            )
        });
        let all = [
            ("filter.stream", Some(language.name("stream", &record.stream))),
            ("trace.received", Some(self.at(record.received_at))),
            ("trace.category", record.category.clone()),
            ("filter.agent_no", record.agent_no.clone()),
            ("filter.department", record.department.clone()),
            ("trace.channel", record.channel.clone()),
            ("filter.lane", lane),
            ("trace.text_promised", min(record.promised_min)),
            ("trace.text_actual", min(record.actual_min)),
            ("trace.id", Some(record.record_id.clone())),
        ];
        let given =
            |(key, value): (&str, Option<String>)| Some((language.t(key).to_owned(), value.filter(|v| !v.is_empty())?));
        all.into_iter().filter_map(given).collect()
    }

    fn versions(&self) -> Vec<(String, String)> {
        let versions = &self.trace.versions;
        let all = [
            ("trace.dictionary", Some(versions.dictionary.clone())),
            ("trace.taxonomy", Some(versions.taxonomy.clone())),
            ("trace.rules", Some(versions.rules.clone())),
            ("trace.model", versions.model.clone()),
        ];
        all.into_iter().filter_map(|(key, value)| Some((self.visit.t(key).to_owned(), value?))).collect()
    }
}

/// A record's text cut where its evidence begins and ends.
pub fn marked(app: &App, visit: &Visit, record: &RecordAnswer) -> Vec<Run> {
    let spans = record.causes.iter().flat_map(|cause| {
        let note = cause_name(app, visit.language, &cause.code);
        cause.evidence.iter().map(move |span| (*span, note.clone()))
    });
    runs(&record.text, &spans.collect::<Vec<_>>())
}

fn request_row(app: &App, visit: &Visit, request: &RequestView) -> Request {
    Request {
        department: request.to_department.clone(),
        asked: local(&app.zone, request.asked_at),
        due: local(&app.zone, request.due_at),
        replied: request.replied_at.map(|at| local(&app.zone, at)).unwrap_or_default(),
        late: if request.late_min > 0 { minutes(visit.language, request.late_min) } else { String::new() },
        open: request.open,
        others: request.answered_by_others.join("、"),
    }
}
