//! Requests that change something and that a browser sends by itself must come from a form of ours.

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, Method, StatusCode, header},
};
use subtle::ConstantTimeEq;

use super::visitor::{form_secret, form_token};
use crate::http::problem::Problem;

/// The field of a form, the header or the query parameter that carries the token.
pub const FORM_FIELD: &str = "form_token";
const FORM_HEADER: &str = "x-form-token";
/// Largest form. Uploads carry the token in their address: they are not forms of this kind.
const MAX_FORM_BYTES: usize = 1 << 20;

/// Whether a method only looks.
pub fn only_looks(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Lets a form through when it is ours; gives the request back whole.
///
/// # Errors
/// It came from another site, without our token, or is too large.
pub async fn check(request: Request) -> Result<Request, Problem> {
    let refuse = |detail: &str| Problem::new(StatusCode::FORBIDDEN, detail.to_owned());
    if comes_from_elsewhere(request.headers()) {
        return Err(refuse("这个请求来自别的网站，没有执行"));
    }
    let Some(expected) = form_secret(request.headers()).map(form_token) else {
        return Err(refuse("表单已过期：请刷新页面后重试（浏览器须允许本站的 Cookie）"));
    };
    let in_header = request.headers().get(FORM_HEADER).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let in_query = || field(request.uri().query().unwrap_or_default().as_bytes());
    if let Some(token) = in_header.or_else(in_query) {
        return if is_same(&token, &expected) {
            Ok(request)
        } else {
            Err(refuse("表单已过期：请刷新页面后重试"))
        };
    }
    let (parts, body) = request.into_parts();
    let too_large = |_| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "表单过大");
    let body = to_bytes(body, MAX_FORM_BYTES).await.map_err(too_large)?;
    match field(&body) {
        Some(token) if is_same(&token, &expected) => Ok(Request::from_parts(parts, Body::from(body))),
        _ => Err(refuse("表单已过期：请刷新页面后重试")),
    }
}

fn is_same(token: &str, expected: &str) -> bool {
    token.as_bytes().ct_eq(expected.as_bytes()).into()
}

fn field(form: &[u8]) -> Option<String> {
    form_urlencoded::parse(form).find(|(name, _)| name == FORM_FIELD).map(|(_, value)| value.into_owned())
}

/// What browsers say about where a request comes from; old ones say nothing, and the token decides.
fn comes_from_elsewhere(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    let host = text(header::HOST.as_str()).unwrap_or_default();
    text(header::ORIGIN.as_str()).is_some_and(|origin| {
        let there = origin.split_once("://").map_or(origin, |(_, there)| there);
        there != host
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(&str, &str)], body: &str) -> Request {
        let mut request = Request::builder().method("POST").uri("/x");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Body::from(body.to_owned())).unwrap()
    }

    #[tokio::test]
    async fn only_forms_of_ours_are_let_through() {
        let token = form_token("secret");
        let cookie = ("cookie", "a=b; tingjian_session=secret");
        let form = format!("text=%E5%A5%BD&form_token={token}");
        for (headers, body, passes) in [
            (vec![cookie], form.as_str(), true),
            (vec![cookie, ("x-form-token", token.as_str())], "", true),
            (vec![("cookie", "tingjian_form=secret")], &form, true),
            (vec![cookie], "text=x", false),
            (vec![cookie], "text=x&form_token=guess", false),
            (vec![("cookie", "tingjian_session=another")], &form, false),
            (vec![], &form, false),
            (vec![cookie, ("sec-fetch-site", "same-origin")], &form, true),
            (vec![cookie, ("sec-fetch-site", "cross-site")], &form, false),
            (vec![cookie, ("host", "a:1"), ("origin", "http://a:1")], &form, true),
            (vec![cookie, ("host", "a:1"), ("origin", "http://b:1")], &form, false),
            (vec![cookie, ("host", "a:1"), ("origin", "null")], &form, false),
        ] {
            let passed = check(request(&headers, body)).await;
            assert_eq!(passed.is_ok(), passes, "{headers:?} {body}");
            if let Ok(passed) = passed {
                let whole = to_bytes(passed.into_body(), 1 << 20).await.unwrap();
                assert_eq!(whole, body.as_bytes(), "the body is whole");
            }
        }
    }
}
