//! The pages, each route held against the access table.

mod account;
mod address;
mod assets;
mod book;
mod commendations;
mod home;
mod import;
mod marked;
mod praise;
mod record;
mod refused;
mod sign_in;
mod system;
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
pub use self::{refused::refusal, visit::FormToken};
use super::problem::Problem;
use crate::app::App;

/// All pages. Who may open which: [`super::access::table`].
fn book() -> Book {
    let book = Book::default()
        .get("/", home::page)
        .get("/records/{record_id}", record::page)
        .get("/language/{code}", visit::switch);
    doors(assets::pages(book))
}

/// Signing in, commendations, the account.
fn doors(book: Book) -> Book {
    book.get("/sign-in", sign_in::page)
        .post("/sign-in", sign_in::submit)
        .post("/sign-out", sign_in::leave)
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
        .get("/import", import::page)
        .post("/import", import::submit)
        .get("/import/{id}", import::one)
        .post("/import/{id}", import::confirm)
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

/// A time as people of the organisation read it.
fn local(app: &App, time: jiff::Timestamp) -> String {
    time.to_zoned(app.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// The Chinese name of a cause, or its code where the taxonomy in force does not have it.
fn cause_name(app: &App, code: &str) -> String {
    app.taxonomy.cause(code).map_or_else(|| code.to_owned(), |cause| cause.zh.clone())
}

fn kind_name(kind: &str) -> &str {
    match kind {
        "complaint" => "投诉",
        "commendation" => "表扬",
        "inquiry" => "咨询",
        "suggestion" => "建议",
        _ => "其他",
    }
}
