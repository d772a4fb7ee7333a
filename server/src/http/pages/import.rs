//! Importing a file: sent, its columns seen and mapped, its first rows shown, then on its way; what was refused comes back.

use std::sync::Arc;

use askama::Template;
use axum::{
    Form,
    extract::{Multipart, Path, Query, State},
    http::{HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use tingjian_schemas::Stream;
use tingjian_sheets::{
    Cell, InputFile, Shaper, SheetsError, fields,
    mapping::{Columns, Mapping, Wishes},
    mapping_file::{self, MappingFile, Origin},
};

use super::{format::local, refused::said, render, visit::Visit, words::Language};
use crate::{
    app::App,
    http::{
        access::Visitor,
        imports::{enter, known, newest, own, receive},
        problem::Problem,
    },
    imports::{Import, ImportState, work},
};

/// Characters shown of a value.
const SHOWN_CHARS: usize = 60;
/// Seconds after which a browser looks again while rows are on their way.
const LOOK_AGAIN_S: &str = "2";
/// Columns that can be mapped on the page; wider files by a mapping file.
const MOST_COLUMNS: usize = 200;

#[derive(Template)]
#[template(path = "import.html")]
struct ImportPage {
    visit: Visit,
    streams: Vec<(&'static str, String)>,
    imports: Vec<Row>,
}

struct Row {
    link: String,
    file_name: String,
    stream: String,
    at: String,
    state: String,
    counts: String,
}

#[derive(Template)]
#[template(path = "import_one.html")]
struct OnePage {
    visit: Visit,
    action: String,
    row: Row,
    waiting: bool,
    running: bool,
    progress: u32,
    errors: Option<String>,
    problem: Option<String>,
    as_is: bool,
    columns: Vec<Column>,
    occurred_at: String,
    rows: Vec<(u64, String, Option<String>)>,
}

struct Column {
    name: String,
    title: String,
    example: String,
    /// Path, name, whether it is chosen.
    options: Vec<(&'static str, String, bool)>,
}

/// What was sent, and the newest imports.
pub async fn page(visit: Visit, visitor: Visitor, State(app): State<Arc<App>>) -> Response {
    let imports = match newest(&app, &visitor) {
        Ok(imports) => imports,
        Err(problem) => return said(visit, problem),
    };
    let streams = Stream::ALL.map(|stream| (stream.name(), visit.language.name("stream", stream.name())));
    let imports = imports.iter().map(|import| row(&app, &visit, import)).collect();
    render(StatusCode::OK, &ImportPage { visit, streams: streams.into(), imports })
}

/// Takes a file; its mapping is confirmed on the next page.
pub async fn submit(visit: Visit, visitor: Visitor, State(app): State<Arc<App>>, form: Multipart) -> Response {
    let entered = async {
        let upload = receive(&app, form).await?;
        let stream = known(&upload.stream)?;
        enter(&app, &visitor, stream, upload, ImportState::Waiting).await
    };
    match entered.await {
        Ok(import) => Redirect::to(&format!("/import/{}", import.import_id)).into_response(),
        Err(problem) => said(visit, problem),
    }
}

/// One import: its mapping while it waits, its progress while it runs, its outcome.
pub async fn one(
    visit: Visit,
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Response {
    match show(&app, visit.clone(), &visitor, &id, pairs).await {
        Ok(response) => response,
        Err(problem) => said(visit, problem),
    }
}

/// Confirms the mapping; from here on its rows are on their way.
pub async fn confirm(
    visit: Visit,
    visitor: Visitor,
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Response {
    match try_confirm(&app, &visitor, &id, pairs.clone()).await {
        Ok(()) => Redirect::to(&format!("/import/{id}")).into_response(),
        Err(problem) if problem.status == 400 => one(visit, visitor, State(app), Path(id), Query(pairs)).await,
        Err(problem) => said(visit, problem),
    }
}

async fn try_confirm(app: &Arc<App>, visitor: &Visitor, id: &str, pairs: Vec<(String, String)>) -> Result<(), Problem> {
    let import = own(app, visitor, id)?;
    let sketch = sketch(app, Language::default(), &import, pairs).await?;
    if let Some(problem) = sketch.problem {
        return Err(Problem::bad_request(problem));
    }
    app.imports.confirm(&import.import_id, &sketch.mapping).map_err(|error| Problem::internal(&error))?;
    app.import_wanted.notify_one();
    Ok(())
}

async fn show(
    app: &Arc<App>,
    visit: Visit,
    visitor: &Visitor,
    id: &str,
    pairs: Vec<(String, String)>,
) -> Result<Response, Problem> {
    let import = own(app, visitor, id)?;
    let is_waiting = import.state == ImportState::Waiting;
    let sketch = if is_waiting { sketch(app, visit.language, &import, pairs).await? } else { Sketch::default() };
    let is_running = import.state == ImportState::Running;
    let page = OnePage {
        action: format!("/import/{}", import.import_id),
        row: row(app, &visit, &import),
        waiting: is_waiting,
        running: is_running,
        progress: (import.progress * 100.0) as u32,
        errors: import.errors.clone(),
        problem: sketch.problem.or(import.problem),
        as_is: sketch.as_is,
        columns: sketch.columns,
        occurred_at: sketch.occurred_at,
        rows: sketch.rows,
        visit,
    };
    let mut response = render(StatusCode::OK, &page);
    if is_running {
        let again = HeaderValue::from_static(LOOK_AGAIN_S);
        response.headers_mut().insert(HeaderName::from_static("refresh"), again);
    }
    Ok(response)
}

/// What an import would do.
#[derive(Default)]
struct Sketch {
    as_is: bool,
    columns: Vec<Column>,
    occurred_at: String,
    rows: Vec<(u64, String, Option<String>)>,
    /// As a file.
    mapping: String,
    problem: Option<String>,
}

async fn sketch(
    app: &Arc<App>,
    language: Language,
    import: &Import,
    pairs: Vec<(String, String)>,
) -> Result<Sketch, Problem> {
    let (path, stream, zone) = (app.imports.sent_file(&import.import_id), import.stream, work::zone(app));
    let sketched = tokio::task::spawn_blocking(move || {
        let input = work::look(&path)?;
        sketch_of(&input, language, stream, &zone?, &pairs)
    });
    let sketched = sketched.await.map_err(|error| Problem::internal(&error))?;
    sketched.map_err(|error| Problem::bad_request(error.on_page()))
}

fn sketch_of(
    input: &InputFile,
    language: Language,
    stream: Stream,
    zone: &tingjian_sheets::Zone,
    pairs: &[(String, String)],
) -> Result<Sketch, SheetsError> {
    let columns = Columns { titles: &input.titles, json: input.is_json() };
    let guess = Mapping::guess(stream, &columns, zone);
    // A file that is sent as it is has nothing to map, and its form says nothing about columns.
    let is_mapped = pairs.iter().any(|(name, _)| name.starts_with("column") || name == "occurred_at");
    let chosen = |column: usize| {
        let asked = pairs.iter().find(|(name, _)| *name == format!("column{column}")).map(|(_, path)| path.clone());
        let guessed = || guess.assigned.iter().find(|one| one.column == column).map(|one| one.field.path.clone());
        if !is_mapped { guessed().unwrap_or_default() } else { asked.unwrap_or_default() }
    };
    let given = pairs.iter().find(|(name, _)| name == "occurred_at").map(|(_, value)| value.trim().to_owned());
    let mut sketch = Sketch { occurred_at: given.unwrap_or_default(), ..Sketch::default() };
    let shown = input.titles.iter().enumerate().take(MOST_COLUMNS);
    sketch.columns =
        shown.map(|(at, title)| column(language, stream, at, title, input.first.get(at), &chosen(at))).collect();
    let wishes = if !is_mapped { Wishes::default() } else { wishes(input, &chosen, &sketch.occurred_at) };
    match Shaper::new(input, stream, &wishes, zone) {
        Ok(shaper) => {
            if let Shaper::Mapped(mapped) = &shaper {
                sketch.mapping = mapping_file::write(&mapped.mapping, &mapped.titles);
            }
            sketch.as_is = matches!(shaper, Shaper::AsIs);
            let rows = work::preview(input, &shaper, stream)?.into_iter();
            let text = |event: Option<serde_json::Value>| event.map(|event| event.to_string()).unwrap_or_default();
            sketch.rows = rows.map(|row| (row.line, text(row.event), row.refused)).collect();
        }
        Err(error) => sketch.problem = Some(error.on_page()),
    }
    Ok(sketch)
}

fn wishes(input: &InputFile, chosen: &impl Fn(usize) -> String, occurred_at: &str) -> Wishes {
    let mut mapping = MappingFile::default();
    for (at, title) in input.titles.iter().enumerate().take(MOST_COLUMNS) {
        let path = chosen(at);
        if !path.is_empty() {
            mapping.fields.push((path, Origin { column: title.clone(), format: None, zone: None }));
        }
    }
    let occurred_at = Some(occurred_at.to_owned()).filter(|time| !time.is_empty());
    Wishes { mapping: Some(mapping), occurred_at, ..Wishes::default() }
}

fn column(language: Language, stream: Stream, at: usize, title: &str, first: Option<&Cell>, chosen: &str) -> Column {
    let example: String = first.map(Cell::shown).unwrap_or_default().chars().take(SHOWN_CHARS).collect();
    let option = |field: &'static fields::Field| {
        (field.path.as_str(), field_name(language, stream, field), field.path == chosen)
    };
    Column {
        name: format!("column{at}"),
        title: title.to_owned(),
        example,
        options: fields::of(stream).map(option).collect(),
    }
}

/// A field as readers of the language call it, and as mapping files do.
fn field_name(language: Language, stream: Stream, field: &fields::Field) -> String {
    // The first title is the path, the second how organisations call it.
    match field.titles(stream).nth(1) {
        Some(title) if language == Language::Chinese => format!("{title}（{}）", field.path),
        _ => field.path.clone(),
    }
}

fn row(app: &App, visit: &Visit, import: &Import) -> Row {
    let numbers = [import.rows, import.accepted, import.refused].map(|number| number.to_string());
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    Row {
        link: format!("/import/{}", import.import_id),
        file_name: import.file_name.clone(),
        stream: visit.language.name("stream", import.stream.name()),
        at: local(&app.zone, import.created_at),
        state: visit.language.name("import_state", import.state.name()),
        counts: visit.language.fill("import.counts", &numbers),
    }
}
