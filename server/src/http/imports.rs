//! `POST /imports/{stream}`, `GET /imports`, `GET /imports/{id}`, `GET /imports/{id}/errors`.

use std::{path::Path as FilePath, sync::Arc};

use axum::{
    Json,
    extract::{Multipart, Path, State, multipart::Field},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde::Serialize;
use tingjian_schemas::{Stream, UnknownStream};
use tingjian_sheets::SheetsError;
use tokio::io::AsyncWriteExt;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    access::{Subject, Visitor},
    problem::Problem,
};
use crate::{
    accounts::Role,
    app::App,
    imports::{Import, ImportState, work},
};

/// Largest mapping.
const MAX_MAPPING_BYTES: usize = 256 << 10;
/// Longest name of a file that is kept.
const MAX_NAME_CHARS: usize = 200;

/// The newest imports.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportsAnswer {
    total: usize,
    items: Vec<Import>,
    /// Always `null`: only the newest are kept.
    next: Option<String>,
}

/// Imports a file: CSV, XLSX or JSONL; the type is seen by its content. `mapping` says which column is which field (TOML as the
/// command's, or the same as JSON); without it the columns' titles are guessed by.
#[utoipa::path(
    post, path = "/imports/{id}", tag = "imports",
    params(("id" = String, Path, description = "name of the stream: `/imports/complaints`")),
    request_body(content = String, content_type = "multipart/form-data", description = "parts: `file`, and perhaps `mapping`"),
    responses(
        (status = 202, body = Import, description = "its rows are on their way"),
        (status = 400, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem),
        (status = 429, body = Problem),
    ),
    security(("token" = [])),
)]
pub async fn post(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(stream): Path<String>,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Result<Response, Problem> {
    let stream = known(&stream)?;
    let form =
        form.map_err(|_| Problem::bad_request("请用 multipart/form-data 提交：file（文件）、mapping（可选）"))?;
    let upload = receive(&app, form).await?;
    let import = enter(&app, &visitor, stream, upload, ImportState::Running).await?;
    app.import_wanted.notify_one();
    let subject = Subject(import.import_id.clone());
    let mut response = (StatusCode::ACCEPTED, Json(import)).into_response();
    response.extensions_mut().insert(subject);
    Ok(response)
}

/// The newest imports of the account; an administrator sees all.
#[utoipa::path(
    get, path = "/imports", tag = "imports",
    responses((status = 200, body = ImportsAnswer)), security(("token" = [])),
)]
pub async fn list(visitor: Visitor, State(app): State<Arc<App>>) -> Result<Json<ImportsAnswer>, Problem> {
    let items = newest(&app, &visitor)?;
    Ok(Json(ImportsAnswer { total: items.len(), items, next: None }))
}

/// The newest imports that a visitor sees.
///
/// # Errors
/// Store trouble.
pub fn newest(app: &App, visitor: &Visitor) -> Result<Vec<Import>, Problem> {
    let of = Some(&visitor.account).filter(|account| account.role != Role::Admin);
    app.imports.newest(of).map_err(|error| Problem::internal(&error))
}

/// How far an import has come.
#[utoipa::path(
    get, path = "/imports/{id}", tag = "imports", params(("id" = String, Path)),
    responses((status = 200, body = Import), (status = 404, body = Problem)), security(("token" = [])),
)]
pub async fn get(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Json<Import>, Problem> {
    Ok(Json(own(&app, &visitor, &id)?))
}

/// The refused rows with their reasons, in a file of the kind that was sent.
#[utoipa::path(
    get, path = "/imports/{id}/errors", tag = "imports", params(("id" = String, Path)),
    responses(
        (
            status = 200, description = "CSV, TSV, XLSX or JSONL",
            content(
                (String = "text/csv"), (String = "text/tab-separated-values"), (String = "application/x-ndjson"),
                (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            ),
        ),
        (status = 404, body = Problem, description = "no such import, not done yet, or nothing was refused"),
    ),
    security(("token" = [])),
)]
pub async fn errors(
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let import = own(&app, &visitor, &id)?;
    if import.errors_name.is_empty() {
        return Err(Problem::not_found("没有被拒的行，或导入尚未完成"));
    }
    let path = app.imports.folder_of(&import.import_id).join(&import.errors_name);
    let bytes = tokio::fs::read(&path).await.map_err(|error| Problem::internal(&error))?;
    let media = match path.extension().and_then(|extension| extension.to_str()) {
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("jsonl") => "application/x-ndjson",
        Some("tsv") => "text/tab-separated-values; charset=utf-8",
        _ => "text/csv; charset=utf-8",
    };
    let disposition = format!("attachment; filename=\"{}\"", import.errors_name);
    Ok(([(header::CONTENT_TYPE, media.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response())
}

/// An import that the visitor may see: their own; an administrator every one.
///
/// # Errors
/// None of that id.
pub fn own(app: &App, visitor: &Visitor, id: &str) -> Result<Import, Problem> {
    let found = app.imports.get(id).map_err(|error| Problem::internal(&error))?;
    let may = |import: &Import| visitor.account.role == Role::Admin || import.created_by == visitor.account.name;
    found.filter(may).ok_or_else(|| Problem::not_found(format!("没有编号为 {id} 的导入")))
}

/// A stream by its name.
///
/// # Errors
/// With the known names.
pub fn known(stream: &str) -> Result<Stream, Problem> {
    stream.parse().map_err(|e: UnknownStream| {
        Problem::not_found(format!("没有名为 {} 的数据流；可用：{}", e.name, Stream::ALL.map(Stream::name).join("、")))
    })
}

/// A file that was sent, in its folder.
pub struct Upload {
    import_id: String,
    file_name: String,
    mapping: String,
    /// Further fields of the form.
    pub stream: String,
}

/// Takes a form's file onto disk and its mapping into memory.
///
/// # Errors
/// Too large, no file, a form that was not sent to its end. Nothing of it stays.
pub async fn receive(app: &App, form: Multipart) -> Result<Upload, Problem> {
    let import_id = Uuid::now_v7().simple().to_string();
    let folder = app.imports.make_folder(&import_id).map_err(|error| Problem::internal(&error))?;
    let received = parts(app, form, import_id).await;
    if received.is_err() {
        // It was never entered: nobody would ever take it away.
        let _ = tokio::fs::remove_dir_all(&folder).await;
    }
    received
}

async fn parts(app: &App, mut form: Multipart, import_id: String) -> Result<Upload, Problem> {
    let broken = |error: axum::extract::multipart::MultipartError| {
        Problem::bad_request(format!("表单没有传完：{}", error.body_text()))
    };
    let path = app.imports.sent_file(&import_id);
    let mut upload = Upload { import_id, file_name: String::new(), mapping: String::new(), stream: String::new() };
    let mut has_file = false;
    while let Some(part) = form.next_field().await.map_err(broken)? {
        match part.name().unwrap_or_default() {
            "file" => {
                upload.file_name = part.file_name().unwrap_or("file").chars().take(MAX_NAME_CHARS).collect();
                save(part, &path, app.config.server.max_body_bytes).await?;
                has_file = true;
            }
            "mapping" => upload.mapping = text(part).await?,
            "stream" => upload.stream = text(part).await?,
            _ => {}
        }
    }
    if has_file { Ok(upload) } else { Err(Problem::bad_request("缺少文件（file）")) }
}

async fn text(mut part: Field<'_>) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    let broken = |_| Problem::bad_request("表单没有传完");
    while let Some(chunk) = part.chunk().await.map_err(broken)? {
        if bytes.len() + chunk.len() > MAX_MAPPING_BYTES {
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "mapping 过大"));
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| Problem::bad_request("mapping 不是 UTF-8"))
}

async fn save(mut part: Field<'_>, path: &FilePath, limit: usize) -> Result<(), Problem> {
    let trouble = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::StorageFull => Problem::new(StatusCode::INSUFFICIENT_STORAGE, "磁盘已满，文件没有被接收"),
        _ => Problem::internal(&error),
    };
    let mut file = tokio::fs::OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .await
        .map_err(trouble)?;
    let mut written = 0_usize;
    while let Some(chunk) = part.chunk().await.map_err(|_| Problem::bad_request("文件没有传完"))? {
        written = written.saturating_add(chunk.len());
        if written > limit {
            let detail = format!("文件超过 {} MiB，请拆分，或用 tingjian import 命令导入", limit >> 20);
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
        }
        file.write_all(&chunk).await.map_err(trouble)?;
    }
    file.sync_all().await.map_err(trouble)
}

/// Enters an upload, once it is clear that its file can be read as that stream (or at least at all, where its mapping is still to
/// be confirmed).
///
/// # Errors
/// What of it is wrong; then nothing of it stays.
pub async fn enter(
    app: &Arc<App>,
    visitor: &Visitor,
    stream: Stream,
    upload: Upload,
    state: ImportState,
) -> Result<Import, Problem> {
    let folder = app.imports.folder_of(&upload.import_id);
    let entered = try_enter(app, visitor, stream, upload, state).await;
    if entered.is_err() {
        let _ = tokio::fs::remove_dir_all(&folder).await;
    }
    entered
}

async fn try_enter(
    app: &Arc<App>,
    visitor: &Visitor,
    stream: Stream,
    upload: Upload,
    state: ImportState,
) -> Result<Import, Problem> {
    let Upload { import_id, file_name, mapping, .. } = upload;
    let wrong = |error: SheetsError| Problem::bad_request(error.on_page());
    let wishes = work::wishes(&mapping).map_err(|why| Problem::bad_request(format!("mapping：{why}")))?;
    let zone = work::zone(app).map_err(wrong)?;
    let path = app.imports.sent_file(&import_id);
    let looked = tokio::task::spawn_blocking(move || match state {
        ImportState::Running => work::open(&path, stream, &wishes, &zone).map(|_| ()),
        _ => work::look(&path).map(|_| ()),
    });
    looked.await.map_err(|error| Problem::internal(&error))?.map_err(wrong)?;
    let import = Import {
        import_id,
        stream,
        file_name,
        mapping,
        created_by: visitor.account.name.clone(),
        created_at: Timestamp::now(),
        state,
        problem: None,
        rows: 0,
        accepted: 0,
        refused: 0,
        progress: 0.0,
        errors: None,
        errors_name: String::new(),
    };
    app.imports.enter(&import).map_err(|error| Problem::internal(&error))?;
    Ok(import)
}
