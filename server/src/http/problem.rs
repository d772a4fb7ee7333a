//! The one form of every error: an RFC 9457 problem object, in Chinese.

use std::time::Duration;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use tingjian_indexer::SearchError;
use tingjian_query::QueryError;
use utoipa::ToSchema;

/// Under which problems are sent.
pub const MEDIA: &str = "application/problem+json";

/// An RFC 9457 problem.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// `about:blank`: the status says the type.
    pub r#type: &'static str,
    /// What kind of thing went wrong.
    pub title: &'static str,
    /// HTTP status.
    pub status: u16,
    /// What is wrong, where, and what to do.
    pub detail: String,
    /// Character of the query (counting from 0) at which it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<usize>,
    /// Everything that is wrong, where there may be more than one thing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<String>,
    /// Seconds after which to try again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u64>,
}

impl Problem {
    /// A problem with its detail.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            r#type: "about:blank",
            title: title(status),
            status: status.as_u16(),
            detail: detail.into(),
            at: None,
            errors: Vec::new(),
            retry_after_s: None,
        }
    }

    /// The caller's mistake.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// Nothing under that name.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// A part is away for now.
    pub fn unavailable(detail: impl Into<String>, retry_after: Duration) -> Self {
        let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, detail);
        Self { retry_after_s: Some(retry_after.as_secs().max(1)), ..problem }
    }

    /// A defect or a broken store; the detail goes to the log, not to the caller.
    pub fn internal(error: &dyn std::error::Error) -> Self {
        tracing::error!(%error, "request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "服务器内部出错，详情见服务日志")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.retry_after_s;
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

fn title(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "请求有误",
        StatusCode::UNAUTHORIZED => "需要登录令牌",
        StatusCode::FORBIDDEN => "没有权限",
        StatusCode::NOT_FOUND => "未找到",
        StatusCode::METHOD_NOT_ALLOWED => "不支持的方法",
        StatusCode::NOT_ACCEPTABLE => "无法提供所要的格式",
        StatusCode::REQUEST_TIMEOUT => "请求超时",
        StatusCode::CONFLICT => "现在还不行",
        StatusCode::PAYLOAD_TOO_LARGE => "请求体过大",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "不支持的内容类型",
        StatusCode::TOO_MANY_REQUESTS => "请求过多",
        StatusCode::SERVICE_UNAVAILABLE => "暂时不可用",
        StatusCode::INSUFFICIENT_STORAGE => "磁盘已满",
        _ => "服务器内部出错",
    }
}

/// When to ask again while the warehouse is away.
const QUESTION_RETRY_AFTER: Duration = Duration::from_secs(2);

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        match &error {
            QueryError::Filter(wrong) => Self::bad_request(wrong.to_string()),
            QueryError::Search(wrong) if wrong.is_callers_fault() => {
                let at = match wrong {
                    SearchError::Query(query) => Some(query.at),
                    _ => None,
                };
                Self { at, ..Self::bad_request(wrong.to_string()) }
            }
            _ if error.is_recoverable() => {
                tracing::warn!(%error, "question not answered for now");
                Self::unavailable("数据仓库暂时不可用，请稍后重试", QUESTION_RETRY_AFTER)
            }
            _ => Self::internal(&error),
        }
    }
}
