//! Names of causes.

use super::words::Language;
use crate::app::App;

/// The name of a cause, or its code where the taxonomy in force does not have it.
pub fn cause_name(app: &App, language: Language, code: &str) -> String {
    let taxonomy = app.taxonomy();
    let named = taxonomy.cause(code).map(|cause| (&cause.zh, &cause.en));
    let named = named.or_else(|| taxonomy.group(code).map(|group| (&group.zh, &group.en)));
    named
        .map_or_else(|| code.to_owned(), |(zh, en)| if language == Language::Chinese { zh.clone() } else { en.clone() })
}
