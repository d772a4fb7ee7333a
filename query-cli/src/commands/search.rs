//! `tingjian search`.

use crate::{
    answers::{Hit, SearchPage, Snippet},
    args::{Search, Sort},
    client::ClientError,
    commands::{Context, nothing},
    failure::{Failure, Outcome},
    labels::{self, Causes},
    output::{Cell, Column, Run, Sink, column, emphasised, grouped, long_column, width_of},
};

const PATH: &str = "/api/v1/search";
/// Rows per request where all are wanted.
const ALL_PAGE_ROWS: u32 = 1000;

static COLUMNS: [Column; 7] =
    [column("时间"), column("流"), column("类型"), column("根因"), column("部门"), long_column("内容"), column("编号")];

/// Finds records.
///
/// # Errors
/// A bad filter or query, the server, the output.
pub fn run(context: &Context, options: &Search) -> Result<Outcome, Failure> {
    let mut query = vec![("q", options.query.clone())];
    query.extend(options.filters.pairs(&context.output.zone)?);
    let limit = if options.all { ALL_PAGE_ROWS } else { options.limit };
    query.push(("limit", limit.to_string()));
    let sort = match options.sort {
        Sort::Newest => "newest",
        Sort::Oldest => "oldest",
        Sort::Relevance => "relevance",
    };
    query.push(("sort", sort.to_owned()));
    query.extend(options.cursor.clone().map(|c| ("cursor", c)));
    let found =
        if context.wants_json() { as_json(context, options.all, query) } else { as_rows(context, options, query) };
    found.map_err(|failure| pointing(failure, &options.query))
}

fn as_rows(context: &Context, options: &Search, query: Vec<(&str, String)>) -> Result<Outcome, Failure> {
    let causes = context.causes();
    let mut pages = Pages { context, query, next: true };
    let Some(mut page) = pages.next()? else { return Ok(Outcome::Incomplete) };
    if page.hits.is_empty() {
        return Ok(nothing("没有找到符合条件的记录。"));
    }
    let mut rows = context.output.rows(&COLUMNS)?;
    let (total, mut shown) = (page.total, 0);
    loop {
        shown += page.hits.len() as u64;
        rows.page(&page.hits.iter().map(|hit| row(hit, &causes)).collect::<Vec<_>>())?;
        match if options.all { pages.next()? } else { None } {
            Some(following) => page = following,
            None => break,
        }
    }
    let more = page.next.map(|cursor| format!("下一页：--cursor {cursor}（全部：--all）"));
    rows.finish(
        &[format!("共 {} 条，显示 {} 条。", grouped(total), grouped(shown))]
            .into_iter()
            .chain(more)
            .collect::<Vec<_>>(),
    )?;
    Ok(Outcome::Done)
}

/// One page: the server's own bytes. All pages: one hit a line.
fn as_json(context: &Context, all: bool, query: Vec<(&str, String)>) -> Result<Outcome, Failure> {
    if !all {
        let bytes = context.client.get(PATH, &query)?;
        let page: SearchPage = context.client.read(&bytes)?;
        context.output.raw(&bytes)?;
        return Ok(Outcome::found(!page.hits.is_empty()));
    }
    let mut sink = Sink::open(context.output.path.as_deref())?;
    let mut pages = Pages { context, query, next: true };
    let mut anything = false;
    while let Some(page) = pages.next_raw()? {
        for hit in &page.hits {
            anything = true;
            std::io::Write::write_all(&mut sink, format!("{hit}\n").as_bytes())?;
        }
    }
    sink.close()?;
    Ok(Outcome::found(anything))
}

/// Follows the cursor from page to page.
struct Pages<'a> {
    context: &'a Context,
    query: Vec<(&'a str, String)>,
    next: bool,
}

/// A page whose hits stay as the server wrote them.
#[derive(serde::Deserialize)]
struct RawPage {
    hits: Vec<Box<serde_json::value::RawValue>>,
    next: Option<String>,
}

impl Pages<'_> {
    fn next(&mut self) -> Result<Option<SearchPage>, ClientError> {
        self.fetch(|page: &SearchPage| page.next.clone())
    }

    fn next_raw(&mut self) -> Result<Option<RawPage>, ClientError> {
        self.fetch(|page: &RawPage| page.next.clone())
    }

    fn fetch<P: serde::de::DeserializeOwned>(
        &mut self,
        cursor_of: impl Fn(&P) -> Option<String>,
    ) -> Result<Option<P>, ClientError> {
        if !self.next {
            return Ok(None);
        }
        let page: P = self.context.client.get_as(PATH, &self.query)?;
        let cursor = cursor_of(&page);
        self.query.retain(|(name, _)| *name != "cursor");
        self.next = cursor.is_some();
        self.query.extend(cursor.map(|c| ("cursor", c)));
        Ok(Some(page))
    }
}

fn row(hit: &Hit, causes: &Causes) -> Vec<Cell> {
    let names: Vec<String> = hit.causes.iter().map(|c| causes.name(c.code())).collect();
    vec![
        hit.occurred_at.clone().map_or(Cell::Empty, Cell::Time),
        Cell::text(hit.stream.as_deref().map(|s| labels::of("stream", s)).as_deref()),
        Cell::text(hit.kind.as_deref().map(|k| labels::of("kind", k)).as_deref()),
        Cell::Several(names),
        Cell::text(hit.department.as_deref()),
        hit.snippet.as_ref().map_or(Cell::Empty, |s| Cell::Marked(runs(s))),
        Cell::Text(hit.record_id.clone()),
    ]
}

fn runs(snippet: &Snippet) -> Vec<Run> {
    match snippet {
        Snippet::Text(text) => tagged(text),
        Snippet::Ranges { text, highlights, cut_before, cut_after } => {
            let mut runs = emphasised(text, &highlights.iter().map(|r| (r.start, r.end)).collect::<Vec<_>>());
            let ellipsis = || Run { text: "…".to_owned(), strong: false };
            if *cut_before {
                runs.insert(0, ellipsis());
            }
            if *cut_after {
                runs.push(ellipsis());
            }
            runs
        }
    }
}

fn tagged(text: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    for (index, part) in text.split("<em>").enumerate() {
        let (marked, plain) = if index == 0 { ("", part) } else { part.split_once("</em>").unwrap_or((part, "")) };
        for (text, strong) in [(marked, true), (plain, false)] {
            if !text.is_empty() {
                runs.push(Run { text: text.to_owned(), strong });
            }
        }
    }
    runs
}

/// Puts a caret under the character of the query that the server could not read.
fn pointing(failure: Failure, query: &str) -> Failure {
    let Failure::Server(ClientError::Refused(problem)) = &failure else { return failure };
    let Some(at) = problem.at else { return failure };
    let before: String = query.chars().take(at).collect();
    let sentence = problem.sentence();
    Failure::usage(format!("{sentence}\n  {query}\n  {}^", " ".repeat(width_of(&before))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, expected: &[(&str, bool)]) {
        let snippet: Snippet = serde_json::from_str(json).unwrap();
        let got: Vec<(String, bool)> = runs(&snippet).into_iter().map(|r| (r.text, r.strong)).collect();
        let expected: Vec<(String, bool)> = expected.iter().map(|(t, s)| ((*t).to_owned(), *s)).collect();
        assert_eq!(got, expected, "{json}");
    }

    #[test]
    fn emphasis_in_either_form() {
        check(r#""说好<em>次日达</em>，没到""#, &[("说好", false), ("次日达", true), ("，没到", false)]);
        check(r#""没有标记""#, &[("没有标记", false)]);
        check(r#""<em>未闭合""#, &[("未闭合", true)]);
        check(r#"{"text":"说好次日达","highlights":[{"start":2,"end":5}]}"#, &[("说好", false), ("次日达", true)]);
        check(
            r#"{"text":"说好","highlights":[],"cut_before":true,"cut_after":true}"#,
            &[("…", false), ("说好", false), ("…", false)],
        );
    }
}
