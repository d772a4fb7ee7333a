//! The one stylesheet, the one script, the icon: built in, so that the program is one file.

use std::sync::Arc;

use axum::{
    Router,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};

use crate::app::App;

const CACHED: &str = "max-age=3600";

/// What every page loads.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/style.css", get(|| file("text/css; charset=utf-8", include_str!("../../../templates/style.css"))))
        .route("/script.js", get(|| file("text/javascript; charset=utf-8", include_str!("../../../static/script.js"))))
        .route("/icon.svg", get(|| file("image/svg+xml", include_str!("../../../static/icon.svg"))))
}

async fn file(media: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, media), (header::CACHE_CONTROL, CACHED)], text).into_response()
}
