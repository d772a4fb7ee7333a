//! Personal data out of texts, before anything is stored.
use std::{borrow::Cow, sync::LazyLock};

use regex::{Captures, Regex};

static MOBILE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(^|[^0-9])1[3-9][0-9]{9}($|[^0-9])").ok());

/// `normalised` with personal data replaced by tokens such as `【手机号】`.
pub fn mask(normalised: &str) -> Cow<'_, str> {
    match &*MOBILE {
        Some(mobile) => mobile.replace_all(normalised, |found: &Captures| {
            let side = |i| found.get(i).map_or("", |m| m.as_str());
            format!("{}【手机号】{}", side(1), side(2))
        }),
        None => Cow::Borrowed(normalised),
    }
}
