//! 检索: the query, filters that are facets with counts, hits with their matches marked, kept searches.

use std::sync::Arc;

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use tingjian_indexer::{FacetCount, Sort};
use tingjian_query::{HitView, QueryError, SearchQuestion, SearchView};

use super::{
    address::{address, encode},
    failure::failed,
    format::{local, number},
    marked::{Run, runs},
    names::cause_name,
    render,
    visit::Visit,
};
use crate::{
    app::App,
    http::{access::Visitor, parameters::Parameters, problem::Problem},
    searches::{NAME_CHARACTERS, QUERY_BYTES, SearchesError},
};

/// Hits on one page.
const HITS_SHOWN: usize = 20;
/// Values shown of each facet.
const FACET_SHOWN: usize = 12;
/// Parameters of an address that are not filters.
const OWN: &[&str] = &["q", "sort", "cursor", "limit"];

#[derive(Template)]
#[template(path = "search.html")]
struct Page {
    visit: Visit,
    problem: Option<Trouble>,
    found: u64,
    found_text: String,
    hits: Vec<Hit>,
    facets: Vec<Facet>,
    chosen: Vec<Chosen>,
    /// Filters of the address, for the form that asks again.
    filters: Vec<(String, String)>,
    since: String,
    until: String,
    sorts: Vec<SortLink>,
    next: Option<String>,
    csv: String,
    xlsx: String,
    query: String,
    kept: Vec<Kept>,
}

/// What is wrong with the query, and where.
struct Trouble {
    detail: String,
    before: String,
    at: String,
    after: String,
}

struct Hit {
    runs: Vec<Run>,
    link: String,
    at: String,
    kind: String,
    causes: Vec<String>,
    department: Option<String>,
    cut_before: bool,
    cut_after: bool,
}

struct Facet {
    title: String,
    values: Vec<Value>,
}

struct Value {
    name: String,
    count: String,
    exact: u64,
    href: String,
    chosen: bool,
}

struct Chosen {
    name: String,
    without: String,
}

struct SortLink {
    name: String,
    href: String,
    here: bool,
}

struct Kept {
    id: i64,
    name: String,
    href: String,
}

type Pairs = Vec<(String, String)>;

/// The page.
pub async fn page(visit: Visit, visitor: Visitor, State(app): State<Arc<App>>, Query(pairs): Query<Pairs>) -> Response {
    let (question, sort) = match question(&app, &visitor, pairs.clone()) {
        Ok(asked) => asked,
        Err(problem) => return failed(visit, problem),
    };
    let q = question.q.clone();
    let visit = Visit { q: q.clone(), ..visit };
    let asked = Asked { app: &app, visit, pairs: &pairs, sort };
    match tingjian_query::search(&app.finder, question).await {
        Ok(found) => {
            asked.note();
            render(StatusCode::OK, &asked.page(Some(&found), None))
        }
        Err(QueryError::Search(error)) if error.is_callers_fault() => {
            let problem = Problem::from(QueryError::Search(error));
            render(StatusCode::BAD_REQUEST, &asked.page(None, Some(trouble(&q, problem))))
        }
        Err(error) => failed(asked.visit, Problem::from(error)),
    }
}

fn question(app: &App, visitor: &Visitor, pairs: Pairs) -> Result<(SearchQuestion, &'static str), Problem> {
    let mut parameters = Parameters::new(pairs);
    let mut filters = parameters.filters(&app.zone)?;
    visitor.scope.limit(&mut filters)?;
    let q = parameters.take("q").unwrap_or_default();
    let cursor = parameters.take("cursor");
    parameters.take("limit");
    let (sort, name) = match parameters.take("sort").as_deref() {
        None | Some("newest") => (Sort::Newest, "newest"),
        Some("oldest") => (Sort::Oldest, "oldest"),
        Some("relevance") => (Sort::Relevance, "relevance"),
        Some(other) => {
            return Err(Problem::bad_request(format!(
                "参数 sort 的值 {other:?} 无法识别；可用：newest、oldest、relevance"
            )));
        }
    };
    parameters.finish(OWN)?;
    Ok((SearchQuestion { q, filters, sort, limit: HITS_SHOWN, cursor }, name))
}

/// The query cut at the character at which it could not be read.
fn trouble(q: &str, problem: Problem) -> Trouble {
    let place = problem.at.unwrap_or(usize::MAX);
    let part = |from: usize, count: usize| q.chars().skip(from).take(count).collect::<String>();
    Trouble {
        before: part(0, place),
        at: part(place, 1),
        after: part(place.saturating_add(1), usize::MAX),
        detail: problem.detail,
    }
}

struct Asked<'a> {
    app: &'a App,
    visit: Visit,
    pairs: &'a Pairs,
    sort: &'static str,
}

impl Asked<'_> {
    fn page(self, found: Option<&SearchView>, problem: Option<Trouble>) -> Page {
        let language = self.visit.language;
        let empty = Vec::new();
        let hits = found.map_or(&empty, |found| &found.hits).iter().map(|hit| self.hit(hit)).collect();
        let query = self.with(&[("cursor", "")]);
        let query = query.split_once('?').map_or("", |(_, query)| query).to_owned();
        let export = |format: &str| {
            let exported = self.pairs.iter().filter(|(name, _)| !matches!(name.as_str(), "cursor" | "sort" | "limit"));
            let kept = exported.map(|(name, value)| (name.as_str(), value.as_str()));
            address("/api/v1/export", kept.chain([("format", format)]))
        };
        let given = |name: &str| self.value(name).unwrap_or_default().to_owned();
        let total = found.map_or(0, |found| found.total);
        Page {
            found: total,
            found_text: number(language, total),
            hits,
            facets: found.map(|found| self.facets(found)).unwrap_or_default(),
            chosen: self.chosen(),
            filters: self.kept_by_form(),
            since: given("since"),
            until: given("until"),
            sorts: self.sorts(),
            next: found.and_then(|found| found.next.as_deref()).map(|next| self.with(&[("cursor", next)])),
            csv: export("csv"),
            xlsx: export("xlsx"),
            query,
            kept: self.kept(),
            problem,
            visit: self.visit,
        }
    }

    /// Keeps what was looked for: the first page of it, as typed. A store in trouble keeps nothing and hinders nobody; nor is
    /// anything kept that would be masked in a text: people look for the customer's number, too.
    fn note(&self) {
        let q = self.visit.q.trim();
        let is_harmless = tingjian_analysis::mask(&tingjian_analysis::normalise(q)) == tingjian_analysis::normalise(q);
        if is_harmless && !q.is_empty() && q.len() <= QUERY_BYTES && self.value("cursor").is_none() {
            let noted = self.app.searches.note(self.visit.name(), q);
            let _ = noted.inspect_err(|error| tracing::warn!(%error, "a search was not noted"));
        }
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.pairs.iter().rev().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// This address with other values; an empty one takes the parameter away.
    fn with(&self, changes: &[(&str, &str)]) -> String {
        let changed = |name: &str| changes.iter().any(|(other, _)| *other == name);
        let kept = self.pairs.iter().filter(|(name, _)| !changed(name));
        address("/search", kept.map(|(name, value)| (name.as_str(), value.as_str())).chain(changes.iter().copied()))
    }

    fn hit(&self, hit: &HitView) -> Hit {
        let spans: Vec<_> = hit.snippet.highlights.iter().map(|span| (*span, String::new())).collect();
        let language = self.visit.language;
        Hit {
            runs: runs(&hit.snippet.text, &spans),
            link: format!("/records/{}", encode(&hit.record_id)),
            at: local(&self.app.zone, hit.occurred_at),
            kind: language.name("kind", hit.kind),
            causes: hit.causes.iter().map(|code| cause_name(self.app, language, code)).collect(),
            department: hit.department.clone(),
            cut_before: hit.snippet.cut_before,
            cut_after: hit.snippet.cut_after,
        }
    }

    fn facets(&self, found: &SearchView) -> Vec<Facet> {
        let Some(facets) = &found.facets else { return Vec::new() };
        let lists = [
            ("kind", &facets.kinds),
            ("cause", &facets.causes),
            ("department", &facets.departments),
            ("stream", &facets.streams),
        ];
        let facet = |(name, values): (&str, &Vec<FacetCount>)| Facet {
            title: self.visit.language.name("filter", name),
            values: values.iter().take(FACET_SHOWN).map(|value| self.facet_value(name, value)).collect(),
        };
        lists.into_iter().map(facet).filter(|facet| !facet.values.is_empty()).collect()
    }

    fn facet_value(&self, name: &str, value: &FacetCount) -> Value {
        let chosen = self.value(name) == Some(&value.key);
        let wanted = if chosen { "" } else { value.key.as_str() };
        Value {
            name: self.name_of(name, &value.key),
            count: number(self.visit.language, value.count),
            exact: value.count,
            href: self.with(&[(name, wanted), ("cursor", "")]),
            chosen,
        }
    }

    fn name_of(&self, filter: &str, value: &str) -> String {
        let language = self.visit.language;
        match filter {
            "cause" => cause_name(self.app, language, value),
            "kind" | "stream" => language.name(filter, value),
            _ => value.to_owned(),
        }
    }

    fn chosen(&self) -> Vec<Chosen> {
        let filters = self.pairs.iter().filter(|(name, value)| !OWN.contains(&name.as_str()) && !value.is_empty());
        let chosen = |(name, value): &(String, String)| Chosen {
            name: format!("{} {}", self.visit.language.name("filter", name), self.name_of(name, value)),
            without: self.with(&[(name, ""), ("cursor", "")]),
        };
        filters.map(chosen).collect()
    }

    /// Filters that the form of the query carries along unseen: dates have fields of their own.
    fn kept_by_form(&self) -> Vec<(String, String)> {
        let own = |name: &str| matches!(name, "q" | "cursor" | "limit" | "since" | "until");
        self.pairs.iter().filter(|(name, value)| !own(name) && !value.is_empty()).cloned().collect()
    }

    fn sorts(&self) -> Vec<SortLink> {
        let link = |name: &str| SortLink {
            name: self.visit.language.name("sort", name),
            href: self.with(&[("sort", name), ("cursor", "")]),
            here: self.sort == name,
        };
        ["newest", "oldest", "relevance"].map(link).into()
    }

    fn kept(&self) -> Vec<Kept> {
        // A store in trouble hides what was kept, not the search.
        let kept = self.app.searches.of(self.visit.name()).unwrap_or_default();
        kept.into_iter()
            .map(|kept| Kept { href: format!("/search?{}", kept.query), id: kept.id, name: kept.name })
            .collect()
    }
}

/// A search to keep.
#[derive(Deserialize)]
pub struct Keep {
    name: String,
    query: String,
}

/// Keeps a search under a name.
pub async fn keep(visit: Visit, State(app): State<Arc<App>>, Form(keep): Form<Keep>) -> Response {
    let name: String = keep.name.trim().chars().take(NAME_CHARACTERS).collect();
    if name.is_empty() || keep.query.len() > QUERY_BYTES || !keep.query.bytes().all(|byte| byte.is_ascii_graphic()) {
        return failed(visit, Problem::bad_request("请给检索起一个名字；检索条件过长时无法保存"));
    }
    match app.searches.keep(visit.name(), &name, &keep.query) {
        Ok(()) => Redirect::to(&format!("/search?{}", keep.query)).into_response(),
        Err(error @ SearchesError::TooMany) => failed(visit, Problem::bad_request(error.to_string())),
        Err(error) => failed(visit, Problem::internal(&error)),
    }
}

/// A kept search to let go.
#[derive(Deserialize)]
pub struct Forget {
    id: i64,
}

/// Lets go of a kept search.
pub async fn forget(visit: Visit, State(app): State<Arc<App>>, Form(forget): Form<Forget>) -> Response {
    match app.searches.forget(visit.name(), forget.id) {
        Ok(()) => Redirect::to("/search").into_response(),
        Err(error) => failed(visit, Problem::internal(&error)),
    }
}
