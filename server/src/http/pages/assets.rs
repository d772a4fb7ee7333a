//! The one stylesheet, the one script, the icon: built in, so that the program is one file.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

use super::book::Book;

const CACHED: &str = "max-age=3600";

/// What every page loads.
pub fn pages(book: Book) -> Book {
    book.get("/style.css", || file("text/css; charset=utf-8", include_str!("../../../templates/style.css")))
        .get("/script.js", || file("text/javascript; charset=utf-8", include_str!("../../../static/script.js")))
        .get("/icon.svg", || file("image/svg+xml", include_str!("../../../static/icon.svg")))
}

async fn file(media: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, media), (header::CACHE_CONTROL, CACHED)], text).into_response()
}
