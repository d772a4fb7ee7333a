//! `GET /search/suggest`: what somebody may mean who has begun to type: their last searches, kept ones, and filters by name.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State},
};
use serde::{Deserialize, Serialize};
use tingjian_schemas::{Kind, Stream};

use super::{address::address, visit::Visit, words::Language};
use crate::app::App;

/// Suggestions of one kind.
const OF_EACH: usize = 5;
/// Longest text that is looked at, characters.
const LONGEST: usize = 100;

/// What was typed.
#[derive(Deserialize)]
pub struct Typed {
    #[serde(default)]
    q: String,
}

/// One suggestion: where it leads, what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// What kind it is, in words.
    kind: String,
    text: String,
    href: String,
}

/// Suggestions for what was typed. Nothing is looked up in texts: an account learns nothing that it may not see.
pub async fn suggest(visit: Visit, State(app): State<Arc<App>>, Query(typed): Query<Typed>) -> Json<Vec<Suggestion>> {
    let typed: String = typed.q.chars().take(LONGEST).collect();
    // A store in trouble hides what was kept, not the filters.
    let recent = app.searches.recent(visit.name()).unwrap_or_default();
    let kept = app.searches.of(visit.name()).unwrap_or_default();
    let kept = kept.into_iter().map(|kept| (kept.name, format!("/search?{}", kept.query))).collect();
    Json(suggestions(visit.language, &typed, recent, kept, &names(&app, visit.language)))
}

/// A filter that can be named: parameter, value, names under which it is known, the first one shown.
struct Name {
    filter: &'static str,
    value: String,
    names: Vec<String>,
}

fn names(app: &App, language: Language) -> Vec<Name> {
    let taxonomy = app.taxonomy();
    let both = |zh: &str, en: &str, code: &str| {
        let (first, second) = if language == Language::Chinese { (zh, en) } else { (en, zh) };
        vec![first.to_owned(), second.to_owned(), code.to_owned()]
    };
    let named = |filter: &'static str, table: &str, value: &str| Name {
        filter,
        value: value.to_owned(),
        names: vec![language.name(table, value), value.to_owned()],
    };
    let causes = taxonomy.causes.iter().map(|cause| Name {
        filter: "cause",
        value: cause.code.to_string(),
        names: both(&cause.zh, &cause.en, &cause.code),
    });
    let groups = taxonomy.groups.iter().map(|group| Name {
        filter: "cause",
        value: group.code.to_string(),
        names: both(&group.zh, &group.en, &group.code),
    });
    let owners = taxonomy.owners.iter().map(|owner| Name {
        filter: "department",
        value: owner.to_string(),
        names: vec![owner.to_string()],
    });
    let kinds = Kind::ALL.into_iter().map(|kind| named("kind", "kind", kind.name()));
    let streams = Stream::ALL.into_iter().filter(|stream| stream.is_text());
    let streams = streams.map(|stream| named("stream", "stream", stream.name()));
    causes.chain(groups).chain(owners).chain(kinds).chain(streams).collect()
}

/// Pure. The last word is what is being typed; a filter takes its place, and the rest stays what is looked for.
fn suggestions(
    language: Language,
    typed: &str,
    recent: Vec<String>,
    kept: Vec<(String, String)>,
    names: &[Name],
) -> Vec<Suggestion> {
    let typed = typed.trim_start();
    let (rest, word) = typed.rsplit_once(char::is_whitespace).unwrap_or(("", typed));
    let (word, whole) = (word.to_lowercase(), typed.trim_end());
    let own = |kind: &str, text: String, href: String| Suggestion { kind: language.name("suggest", kind), text, href };
    let begins = |text: &str| text.starts_with(whole) && text != whole;
    let recent = recent.into_iter().filter(|q| begins(q)).take(OF_EACH);
    let mut found: Vec<_> = recent.map(|q| own("recent", q.clone(), address("/search", [("q", q.as_str())]))).collect();
    let kept = kept.into_iter().filter(|(name, _)| name.contains(whole)).take(OF_EACH);
    found.extend(kept.map(|(name, href)| own("kept", name, href)));
    if !word.is_empty() {
        let meant = names.iter().filter(|name| name.names.iter().any(|name| name.to_lowercase().contains(&word)));
        found.extend(meant.take(OF_EACH).map(|name| Suggestion {
            kind: language.name("filter", name.filter),
            text: name.names.first().cloned().unwrap_or_default(),
            href: address("/search", [("q", rest.trim()), (name.filter, name.value.as_str())]),
        }));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &str, expected: &[(&str, &str)]) {
        let names = [
            Name { filter: "cause", value: "fulfil.lost".into(), names: vec!["丢件".into(), "Lost".into()] },
            Name { filter: "department", value: "物流".into(), names: vec!["物流".into()] },
        ];
        let (recent, kept) =
            (vec!["物流 慢".to_owned(), "退款".to_owned()], vec![("慢件".to_owned(), "/k".to_owned())]);
        let found = suggestions(Language::Chinese, typed, recent, kept, &names);
        let found: Vec<_> = found.iter().map(|one| (one.text.as_str(), one.href.as_str())).collect();
        assert_eq!(found, expected, "{typed:?}");
    }

    #[test]
    fn what_was_looked_for_comes_first_then_filters_by_name() {
        check(
            "物",
            &[
                ("物流 慢", "/search?q=%E7%89%A9%E6%B5%81%20%E6%85%A2"),
                ("物流", "/search?department=%E7%89%A9%E6%B5%81"),
            ],
        );
        check("承诺 丢", &[("丢件", "/search?q=%E6%89%BF%E8%AF%BA&cause=fulfil.lost")]);
        check("los", &[("丢件", "/search?cause=fulfil.lost")]);
        check("慢件", &[("慢件", "/k")]);
        check("退款", &[]);
        check("没有人", &[]);
    }

    #[test]
    fn an_empty_box_shows_what_was_looked_for_last() {
        check(
            "",
            &[
                ("物流 慢", "/search?q=%E7%89%A9%E6%B5%81%20%E6%85%A2"),
                ("退款", "/search?q=%E9%80%80%E6%AC%BE"),
                ("慢件", "/k"),
            ],
        );
    }
}
