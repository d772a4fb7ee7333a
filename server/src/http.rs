//! Every route in one place.

pub mod access;
mod accounts;
mod alerts;
mod audit;
mod backups;
mod causes;
mod commendations;
mod dead_letters;
mod deliveries;
mod described;
mod export;
mod facts;
mod headers;
mod health;
mod imports;
mod pages;
mod parameters;
mod problem;
mod questions;
mod reanalyse;
mod records;
mod reports;
mod search;
mod status;
mod streams;
mod taxonomy;
mod weekly;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use tower_http::timeout::TimeoutLayer;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{Http, HttpAuthScheme, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{app::App, config::Role};
pub use export::workbook;
pub use parameters::Parameters;
pub use problem::Problem;

/// Where the API is.
const API: &str = "/api/v1";

/// The API's description.
#[derive(OpenApi)]
#[openapi(
    info(title = "听见 Tingjian", description = "What customers say reaches the people who can change it.", license(name = "Apache-2.0")),
    modifiers(&TokenScheme),
)]
struct Description;

struct TokenScheme;

impl Modify for TokenScheme {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    }
}

/// Every call of the API. Who may make which: [`access::table`].
fn api() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(health::health))
        .routes(routes!(health::metrics))
        .routes(routes!(streams::post))
        .routes(routes!(search::get))
        .routes(routes!(records::get))
        .routes(routes!(records::trace))
        .routes(routes!(causes::get))
        .routes(routes!(export::corrections))
        .routes(routes!(facts::promises))
        .routes(routes!(facts::what_if))
        .routes(routes!(facts::case))
        .routes(routes!(facts::departments))
        .routes(routes!(facts::contacts))
        .routes(routes!(facts::agent))
        .routes(routes!(facts::emerging))
        .routes(routes!(export::get))
        .routes(routes!(commendations::list, commendations::file))
        .routes(routes!(commendations::read))
        .routes(routes!(commendations::thank))
        .routes(routes!(commendations::badges))
        .routes(routes!(imports::list))
        .routes(routes!(imports::get, imports::post))
        .routes(routes!(imports::errors))
        .routes(routes!(dead_letters::list))
        .routes(routes!(dead_letters::get))
        .routes(routes!(dead_letters::replay))
        .routes(routes!(status::get))
        .routes(routes!(taxonomy::get, taxonomy::put))
        .routes(routes!(taxonomy::versions))
        .routes(routes!(taxonomy::preview))
        .routes(routes!(reanalyse::list, reanalyse::post))
        .routes(routes!(reanalyse::get))
        .merge(report_routes())
        .routes(routes!(accounts::list))
        .routes(routes!(audit::list))
        .routes(routes!(backups::begin, backups::get))
}

/// What a process without the web role answers: how it stands, and nothing else.
fn bare_api() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(health::health)).routes(routes!(health::metrics)).routes(routes!(status::get))
}

/// The weekly report, and what it is made of.
fn report_routes() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(reports::list))
        .routes(routes!(reports::get))
        .routes(routes!(reports::publish))
        .routes(routes!(reports::amend))
        .routes(routes!(reports::object))
        .routes(routes!(reports::verify))
        .routes(routes!(deliveries::list))
        .routes(routes!(deliveries::test))
        .routes(routes!(deliveries::seen))
        .routes(routes!(questions::list, questions::keep))
        .routes(routes!(questions::forget))
        .routes(routes!(alerts::list))
        .routes(routes!(alerts::acknowledge))
        .routes(routes!(weekly::volumes))
        .routes(routes!(weekly::over_promises))
        .routes(routes!(weekly::menus))
        .routes(routes!(weekly::campaigns))
        .routes(routes!(weekly::people))
        .routes(routes!(weekly::quality))
        .routes(routes!(weekly::attributed))
}

/// The OpenAPI document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut document = OpenApiRouter::with_openapi(Description::openapi()).nest(API, api()).into_openapi();
    described::errors(&mut document);
    document
}

/// Method and path of everything that is served.
pub fn routes() -> Vec<(String, String)> {
    let mut routes: Vec<(String, String)> = pages::routes();
    let fixed = ["/health", "/metrics", "/api/v1/openapi.json"];
    routes.extend(fixed.map(|path| ("GET".to_owned(), path.to_owned())));
    for (path, item) in openapi().paths.paths {
        let methods = [("GET", item.get), ("POST", item.post), ("PUT", item.put), ("DELETE", item.delete)];
        routes.extend(methods.into_iter().filter_map(|(m, call)| call.map(|_| (m.to_owned(), path.clone()))));
    }
    routes
}

/// Who may do what, for people (Markdown).
pub use access::matrix;

/// All routes over the app.
pub fn router(app: Arc<App>) -> Router {
    let is_web = app.config.server.roles.contains(&Role::Web);
    for (method, path) in routes().iter().filter(|(method, path)| access::table::find(method, path).is_none()) {
        tracing::error!(method, path, "not in the access table: refused to everybody");
    }
    let document = openapi();
    let api = Router::from(if is_web { api() } else { bare_api() })
        .route("/openapi.json", axum::routing::get(|| async move { axum::Json(document) }))
        .fallback(|| async { Problem::not_found("没有这个接口；接口说明见 /api/v1/openapi.json") })
        .method_not_allowed_fallback(|| async {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "此接口不支持该方法；接口说明见 /api/v1/openapi.json")
        });
    let timeout = Duration::from_secs(app.config.server.request_timeout_s);
    Router::new()
        .nest(API, api)
        .merge(if is_web { pages::router() } else { Router::new() })
        .route("/health", axum::routing::get(health::health))
        .route("/metrics", axum::routing::get(health::metrics))
        // Every route above passes here; one without a row in the table is refused to everybody.
        .layer(middleware::from_fn_with_state(Arc::clone(&app), access::guard))
        // The bound is configured and checked by the handlers that read bodies.
        .layer(DefaultBodyLimit::disable())
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, timeout))
        .layer(middleware::from_fn(in_words))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), headers::add))
        .with_state(app)
}

/// Errors that a library answered without a body get ours.
async fn in_words(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let wordless = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_none_or(|media| media.to_str().is_ok_and(|media| media.starts_with("text/plain")));
    match response.status() {
        StatusCode::REQUEST_TIMEOUT if wordless => {
            Problem::new(StatusCode::REQUEST_TIMEOUT, "请求没有在时限内完成；提交可能已被接收，重新提交不会重复计数")
                .into_response()
        }
        StatusCode::BAD_REQUEST if wordless => Problem::bad_request("地址或请求体无法读取").into_response(),
        StatusCode::UNPROCESSABLE_ENTITY if wordless => {
            Problem::bad_request("请求体缺少字段，或字段的类型不对；接口说明见 /api/v1/openapi.json").into_response()
        }
        status @ StatusCode::UNSUPPORTED_MEDIA_TYPE if wordless => {
            Problem::new(status, "请用 application/json 提交；网页表单用 application/x-www-form-urlencoded")
                .into_response()
        }
        status @ StatusCode::PAYLOAD_TOO_LARGE if wordless => Problem::new(status, "请求体过大").into_response(),
        _ => response,
    }
}
