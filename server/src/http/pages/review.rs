//! 复核: what the system was unsure of, one at a time; blind second looks drawn at random; how far looks agree.

use std::{sync::Arc, time::Instant};

use askama::Template;
use axum::{
    Form,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use tingjian_query::{Agreement, AgreementAnswer, RecordAnswer, ReviewQueue};
use tingjian_schemas::Stream;

use super::{
    failure::failed,
    filing::{file, fresh_id},
    format::{local, number},
    marked::Run,
    names::cause_name,
    record::{Choices, Correction, marked},
    render,
    visit::Visit,
};
use crate::{
    app::App,
    http::{access::Visitor, parameters::Parameters, problem::Problem},
    secrets,
};

/// Records of the queue that are read ahead: those just looked at are passed over until the correction is stored.
const READ_AHEAD: u32 = 20;
/// One look in so many is a blind second look at what somebody else has labelled.
const SECOND_LOOK_IN: u64 = 5;
/// Causes shown in the tables of agreement.
const CAUSES_SHOWN: usize = 15;

#[derive(Template)]
#[template(path = "review.html")]
struct Page {
    visit: Visit,
    total: u64,
    total_text: String,
    one: Option<One>,
    second: bool,
    people: Vec<Row>,
    system: Vec<Row>,
    done: bool,
}

struct One {
    record_id: String,
    at: String,
    runs: Vec<Run>,
    read: Vec<String>,
    score: String,
    abstained: bool,
    choices: Choices,
}

struct Row {
    cause: String,
    records: u64,
    both: u64,
    first_only: u64,
    second_only: u64,
    kappa: String,
    class: &'static str,
}

/// The page.
pub async fn page(
    visit: Visit,
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Response {
    match told(&app, &visit, &visitor, pairs).await {
        Ok(page) => render(StatusCode::OK, &page),
        Err(problem) => failed(visit, problem),
    }
}

async fn told(app: &App, visit: &Visit, visitor: &Visitor, pairs: Vec<(String, String)>) -> Result<Page, Problem> {
    let mut parameters = Parameters::new(pairs);
    let after = parameters.take("after").unwrap_or_default();
    let asked_second = parameters.take("second").as_deref() == Some("1");
    parameters.finish(&["after", "second"])?;
    let seed = secrets::random().map_err(|error| Problem::internal(&error))?;
    let seed = seed.iter().take(8).fold(0_u64, |seed, byte| seed << 8 | u64::from(*byte));
    let (warehouse, taxonomy) = (&app.warehouse, app.taxonomy());
    // Who looks through the queue comes every few seconds, and agreement reads every label there is.
    let agreed = app.agreements.get(String::new(), Instant::now(), tingjian_query::agreement(warehouse, &taxonomy));
    let (queue, agreed) = tokio::try_join!(tingjian_query::review_queue(warehouse, READ_AHEAD), agreed)?;
    let wants_second = asked_second || seed % SECOND_LOOK_IN == 0 || queue.items.is_empty();
    let drawn = if wants_second {
        let name = &visitor.account.name;
        tingjian_query::second_look(warehouse, name, seed).await?.filter(|id| *id != after)
    } else {
        None
    };
    let next = queue.items.iter().find(|item| item.record_id != after).map(|item| item.record_id.clone());
    let second = drawn.is_some();
    let one = match drawn.or(next) {
        Some(id) => tingjian_query::record(warehouse, &id).await?,
        None => None,
    };
    let shown = Shown { app, visit };
    Ok(shown.page(&queue, one, second, &agreed, !after.is_empty()))
}

struct Shown<'a> {
    app: &'a App,
    visit: &'a Visit,
}

impl Shown<'_> {
    fn page(
        &self,
        queue: &ReviewQueue,
        one: Option<RecordAnswer>,
        second: bool,
        agreed: &AgreementAnswer,
        done: bool,
    ) -> Page {
        let rows = |all: &[Agreement]| all.iter().take(CAUSES_SHOWN).map(|row| self.row(row)).collect();
        Page {
            visit: self.visit.clone(),
            total: queue.total,
            total_text: number(self.visit.language, queue.total),
            one: one.map(|record| self.one(&record, second)),
            second,
            people: rows(&agreed.people),
            system: rows(&agreed.system),
            done,
        }
    }

    /// A second look is blind: nothing of what the system or the first person said is on the page.
    fn one(&self, record: &RecordAnswer, blind: bool) -> One {
        let language = self.visit.language;
        let named = record
            .causes
            .iter()
            .map(|cause| format!("{} {:.0}%", cause_name(self.app, language, &cause.code), cause.score * 100.0));
        let (kind, causes) = if blind { ("", [].as_slice()) } else { (record.kind.as_str(), record.causes.as_slice()) };
        One {
            record_id: record.record_id.clone(),
            at: local(&self.app.zone, record.occurred_at),
            runs: if blind {
                vec![Run { text: record.text.clone(), marked: false, note: String::new() }]
            } else {
                marked(self.app, self.visit, record)
            },
            read: if blind { Vec::new() } else { named.collect() },
            score: if blind {
                String::new()
            } else {
                format!("{} {:.0}%", language.name("kind", &record.kind), record.kind_score * 100.0)
            },
            abstained: record.abstained && !blind,
            choices: Choices::new(self.app, self.visit, kind, causes),
        }
    }

    fn row(&self, row: &Agreement) -> Row {
        let class = match row.kappa {
            Some(kappa) if kappa >= 0.6 => "good",
            Some(kappa) if kappa >= 0.4 => "warn",
            Some(_) => "bad",
            None => "",
        };
        Row {
            cause: cause_name(self.app, self.visit.language, &row.cause),
            records: row.records,
            both: row.both,
            first_only: row.first_only,
            second_only: row.second_only,
            kappa: row.kappa.map_or_else(|| "–".to_owned(), |kappa| format!("{kappa:.2}")),
            class,
        }
    }
}

/// Accepts or corrects, and goes on to the next.
pub async fn submit(
    visit: Visit,
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(record_id): Path<String>,
    Form(form): Form<Correction>,
) -> Response {
    let sent = match fresh_id("review") {
        Ok(id) => {
            let event = form.event(id, &record_id, &visitor.account.name, Timestamp::now());
            file(&app, &visitor, Stream::Corrections, &event).await
        }
        Err(problem) => Err(problem),
    };
    match sent {
        Ok(()) => Redirect::to(&super::address::address("/review", [("after", record_id.as_str())])).into_response(),
        Err(problem) => failed(visit, problem),
    }
}
