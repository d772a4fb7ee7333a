//! One cell: words, or a number with where it comes from.

use std::fmt::Write;

use super::shown;

/// One cell, as HTML.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    html: String,
    /// Stands right, its digits below each other.
    pub is_number: bool,
}

impl Cell {
    /// Plain words.
    pub fn words(text: &str) -> Self {
        Self { html: escaped(text), is_number: false }
    }

    /// A name: of a lane, department, cause, person or file. Digits in it are no figures.
    pub fn name(text: &str) -> Self {
        Self { html: format!("<span class=\"name\">{}</span>", escaped(text)), is_number: false }
    }

    /// A time or a week.
    pub fn time(text: &str) -> Self {
        Self { html: format!("<time>{}</time>", escaped(text)), is_number: false }
    }

    /// A command or a hash, to be copied.
    pub fn code(text: &str) -> Self {
        Self { html: format!("<code>{}</code>", escaped(text)), is_number: false }
    }

    /// Nothing to tell.
    pub fn none() -> Self {
        Self { html: "<span class=\"none\">—</span>".to_owned(), is_number: true }
    }

    /// A number: shown in the way named, exact in `value`, answered by `api` at `at`.
    pub fn number(way: &str, value: f64, api: &str, at: &str) -> Self {
        let text = shown::by_name(way, value).unwrap_or_default();
        let (api, at) = (escaped(api), escaped(at));
        let html =
            format!("<data value=\"{value}\" data-as=\"{way}\" data-api=\"{api}\" data-at=\"{at}\">{text}</data>");
        Self { html, is_number: true }
    }

    /// None of them: no list has what it would lead to.
    pub fn nought() -> Self {
        Self { html: "<data value=\"0\">0</data>".to_owned(), is_number: true }
    }

    /// The same, standing right or left.
    #[must_use]
    pub fn aligned(self, is_number: bool) -> Self {
        Self { is_number, ..self }
    }

    /// A number that follows from the two before it: `(now - before) / before`.
    pub fn change(value: f64, now: u64, before: u64) -> Self {
        let text = shown::change(value);
        let html = format!("<data value=\"{value}\" data-as=\"change\" data-of=\"{now} {before}\">{text}</data>");
        Self { html, is_number: true }
    }

    /// The same, leading to the records behind it.
    #[must_use]
    pub fn linked(self, href: &str) -> Self {
        Self { html: format!("<a href=\"{}\">{}</a>", escaped(href), self.html), ..self }
    }

    /// One cell after the other.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.html.push_str(&other.html);
        self
    }

    /// Words after it.
    #[must_use]
    pub fn then(self, text: &str) -> Self {
        let words = Self::words(text);
        self.and(&words)
    }

    /// As HTML.
    pub fn html(&self) -> &str {
        &self.html
    }
}

/// Text that is nothing but text in HTML, between tags and in attributes.
pub fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c if c.is_control() => {
                // A control character would make the file unreadable for some.
                let _ = write!(html, "&#xfffd;");
            }
            c => html.push(c),
        }
    }
    html
}
