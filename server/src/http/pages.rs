//! The pages, each route held against the access table.

mod account;
mod address;
mod agents;
mod alerts;
mod assets;
mod attributed;
mod book;
mod cases;
mod causes;
mod commendations;
mod curve;
mod decomposition;
mod departments;
mod failure;
mod filing;
mod format;
mod holds;
mod import;
mod ledgers;
mod marked;
mod names;
mod oidc;
mod overview;
mod praise;
mod promises;
mod questions;
mod record;
mod records;
mod refused;
mod reports;
mod review;
mod search;
mod seen;
mod sign_in;
mod suggest;
mod svg;
mod system;
mod taxonomy;
mod visit;
mod words;

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};

use self::book::Book;
pub use self::{
    refused::said as refusal,
    visit::{FormToken, Visit},
};
use super::problem::Problem;
use crate::app::App;

/// All pages. Who may open which: [`super::access::table`].
fn book() -> Book {
    let book = Book::default()
        .get("/", overview::page)
        .get("/search", search::page)
        .get("/search/suggest", suggest::suggest)
        .post("/search/keep", search::keep)
        .post("/search/forget", search::forget)
        .get("/causes", causes::page)
        .get("/promises", promises::page)
        .get("/departments", departments::page)
        .get("/departments/{department}", departments::one)
        .get("/agents", agents::page)
        .get("/agents/{agent_no}", agents::one)
        .get("/review", review::page)
        .get("/attributed", attributed::list)
        .get("/reports/weekly/{week}", attributed::report)
        .get("/language/{code}", visit::switch);
    said(doors(stories(assets::pages(book))))
}

/// What goes out to people: reports, messages.
fn said(book: Book) -> Book {
    book.get("/seen/{code}", seen::page)
        .post("/seen/{code}", seen::submit)
        .get("/reports", reports::page)
        .post("/reports/{week}/publish", reports::publish)
        .post("/reports/{week}/amend", reports::amend)
        .post("/reports/{week}/objections", reports::object)
        .post("/reports/channels/{channel}/test", reports::test)
        .get("/questions", questions::page)
        .post("/questions", questions::keep)
        .post("/questions/{id}/forget", questions::forget)
        .get("/alerts", alerts::page)
        .post("/alerts/{id}/ack", alerts::acknowledge)
}

/// One record or case, and the lists behind numbers.
fn stories(book: Book) -> Book {
    book.get("/records", records::page)
        .get("/contacts", records::contacts)
        .get("/promises/entries", ledgers::entries)
        .get("/cases", ledgers::cases)
        .get("/cases/{case_key}", cases::page)
        .get("/requests", ledgers::requests)
        .get("/records/{record_id}", record::page)
        .post("/records/{record_id}/correct", record::correct)
        .post("/records/{record_id}/judge", record::judge)
        .post("/records/{record_id}/appeal", record::appeal)
        .post("/review/{record_id}", review::submit)
}

/// Signing in, commendations, the account.
fn doors(book: Book) -> Book {
    book.get("/sign-in", sign_in::page)
        .post("/sign-in", sign_in::submit)
        .post("/sign-out", sign_in::leave)
        .get("/sign-in/oidc", oidc::begin)
        .get("/sign-in/oidc/callback", oidc::callback)
        .get("/sign-in/oidc/leave", oidc::leave)
        .get("/account", account::page)
        .post("/account", account::submit)
        .get("/praise", praise::page)
        .post("/praise", praise::submit)
        .get("/praise/{code}", praise::by_link)
        .post("/praise/{code}", praise::submit_by_link)
        .get("/praise/{code}/qr.svg", praise::picture)
        .get("/receipts/{code}", praise::receipt)
        .get("/commendations", commendations::page)
        .post("/commendations/{id}/read", commendations::read)
        .post("/commendations/{id}/thanks", commendations::thank)
        .get("/import", import::page)
        .post("/import", import::submit)
        .get("/import/{id}", import::one)
        .post("/import/{id}", import::confirm)
        .get("/taxonomy", taxonomy::page)
        .post("/taxonomy", taxonomy::save)
        .post("/taxonomy/preview", taxonomy::preview)
        .post("/taxonomy/reanalyse", taxonomy::reanalyse)
        .get("/system", system::page)
        .post("/system/accounts", system::add)
        .post("/system/accounts/{name}/revoke", system::revoke)
        .post("/system/accounts/{name}/link", system::link)
        .post("/system/dead-letters/{id}/replay", system::replay)
}

/// Pages.
pub fn router() -> Router<Arc<App>> {
    book().router
}

/// Method and path of every page.
pub fn routes() -> Vec<(String, String)> {
    book().routes.into_iter().map(|(method, path)| (method.to_owned(), path.to_owned())).collect()
}

fn render(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => Problem::internal(&error).into_response(),
    }
}
