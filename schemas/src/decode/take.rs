//! Takes typed values out of an object's fields; every way to be wrong is found here or in the bodies.

use std::borrow::Cow;

use jiff::Timestamp;

use super::{
    node::{Fields, Node},
    path::Path,
    time,
};
use crate::{Reason, limits};

/// What is wrong and where, before the event's id is added.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) reason: Reason,
    pub(super) path: Path,
    pub(super) detail: Option<String>,
}

impl Wrong {
    /// `reason` without a place; [`Wrong::within`] gives it one.
    pub(super) fn new(reason: Reason) -> Self {
        Self { reason, path: Path::default(), detail: None }
    }

    /// With what its sentence needs besides the field.
    pub(super) fn with(reason: Reason, detail: impl ToString) -> Self {
        Self { detail: Some(detail.to_string()), ..Self::new(reason) }
    }

    /// It lies within the field `name`.
    pub(super) fn within(mut self, name: &str) -> Self {
        self.path.within_field(name);
        self
    }

    /// It lies within an item of a list.
    pub(super) fn within_item(mut self, index: usize) -> Self {
        self.path.within_item(index);
        self
    }
}

/// Whether a field has to be there, and what it means where it is blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// Absent, `null` and blank are wrong.
    Required,
    /// Absent, `null` and blank are all the same: not known.
    Optional,
    /// Absent and `null` are not known; blank is wrong, since leaving it out would change what the event means.
    NotBlank,
}

/// The three sorts of short strings, by their bound.
#[derive(Clone, Copy, Debug)]
pub(super) struct Short(usize);

/// An id.
pub(super) const ID: Short = Short(limits::ID_BYTES);
/// A name.
pub(super) const NAME: Short = Short(limits::NAME_BYTES);
/// A reference to something kept elsewhere.
pub(super) const REFERENCE: Short = Short(limits::REFERENCE_BYTES);

impl<'a> Fields<'a> {
    /// A short string (id, name, reference), without the white space around it.
    pub(super) fn short(&mut self, name: &str, sort: Short, need: Need) -> Result<Option<String>, Wrong> {
        match self.take(name) {
            Some(node) => short(node, sort, need),
            None => absent(need),
        }
        .map_err(|wrong| wrong.within(name))
    }

    /// A required short string.
    pub(super) fn required(&mut self, name: &str, sort: Short) -> Result<String, Wrong> {
        self.short(name, sort, Need::Required)?.ok_or_else(|| Wrong::new(Reason::Missing).within(name))
    }

    /// An optional short string.
    pub(super) fn optional(&mut self, name: &str, sort: Short) -> Result<Option<String>, Wrong> {
        self.short(name, sort, Need::Optional)
    }

    /// A free text, exactly as it was sent.
    pub(super) fn text(&mut self, name: &str, need: Need) -> Result<Option<String>, Wrong> {
        match self.take(name) {
            Some(node) => text(node, need),
            None => absent(need),
        }
        .map_err(|wrong| wrong.within(name))
    }

    /// A required free text.
    pub(super) fn required_text(&mut self, name: &str) -> Result<String, Wrong> {
        self.text(name, Need::Required)?.ok_or_else(|| Wrong::new(Reason::Missing).within(name))
    }

    /// An optional time. A blank one is unreadable, not absent: it may mean “open” or “lost”.
    pub(super) fn time(&mut self, name: &str) -> Result<Option<Timestamp>, Wrong> {
        let read = |node| match node {
            Node::Text(text) => time::timestamp(&text),
            _ => Err(Wrong::with(Reason::WrongType, "time")),
        };
        self.take(name).map(read).transpose().map_err(|wrong| wrong.within(name))
    }

    /// A required time.
    pub(super) fn required_time(&mut self, name: &str) -> Result<Timestamp, Wrong> {
        self.time(name)?.ok_or_else(|| Wrong::new(Reason::Missing).within(name))
    }

    /// An optional whole number from 0 to `most`.
    pub(super) fn whole(&mut self, name: &str, most: u32) -> Result<Option<u32>, Wrong> {
        let read = |node| match node {
            Node::Number(number) => whole(&number, most),
            _ => Err(Wrong::with(Reason::WrongType, "whole number")),
        };
        self.take(name).map(read).transpose().map_err(|wrong| wrong.within(name))
    }

    /// An optional `true` or `false`.
    pub(super) fn flag(&mut self, name: &str) -> Result<Option<bool>, Wrong> {
        match self.take(name) {
            None => Ok(None),
            Some(Node::Bool(flag)) => Ok(Some(flag)),
            Some(_) => Err(Wrong::with(Reason::WrongType, "true or false").within(name)),
        }
    }

    /// An optional one of the values that `known` lists with their names.
    pub(super) fn choice<T: Copy>(&mut self, name: &str, known: &[(&str, T)]) -> Result<Option<T>, Wrong> {
        let read = |node| match node {
            Node::Text(text) => known.iter().find(|(n, _)| *n == text).map(|(_, value)| *value).ok_or_else(|| {
                let names: Vec<&str> = known.iter().map(|(n, _)| *n).collect();
                Wrong::with(Reason::UnknownValue, names.join(", "))
            }),
            _ => Err(Wrong::with(Reason::WrongType, "string")),
        };
        self.take(name).map(read).transpose().map_err(|wrong| wrong.within(name))
    }

    /// A required one of the values that `known` lists.
    pub(super) fn required_choice<T: Copy>(&mut self, name: &str, known: &[(&str, T)]) -> Result<T, Wrong> {
        self.choice(name, known)?.ok_or_else(|| Wrong::new(Reason::Missing).within(name))
    }

    /// An optional object.
    pub(super) fn object(&mut self, name: &str) -> Result<Option<Fields<'a>>, Wrong> {
        self.take(name).map(object).transpose().map_err(|wrong| wrong.within(name))
    }

    /// An optional list of at most `most` items, each read by `read`.
    pub(super) fn list<T>(
        &mut self,
        name: &str,
        most: usize,
        mut read: impl FnMut(usize, Node<'a>) -> Result<T, Wrong>,
    ) -> Result<Option<Vec<T>>, Wrong> {
        let items = match self.take(name) {
            None => return Ok(None),
            Some(Node::List(items)) => items,
            Some(_) => return Err(Wrong::with(Reason::WrongType, "list").within(name)),
        };
        if items.len() > most {
            return Err(Wrong::with(Reason::TooManyItems, most).within(name));
        }
        let read = |(index, node)| read(index, node).map_err(|wrong| wrong.within_item(index).within(name));
        items.into_iter().enumerate().map(read).collect::<Result<_, _>>().map(Some)
    }
}

/// An object.
pub(super) fn object(node: Node<'_>) -> Result<Fields<'_>, Wrong> {
    match node {
        Node::Object(fields) => Ok(fields),
        _ => Err(Wrong::with(Reason::WrongType, "object")),
    }
}

/// A short string that has to be there.
pub(super) fn required_short(node: Node<'_>, sort: Short) -> Result<String, Wrong> {
    short(node, sort, Need::Required)?.ok_or_else(|| Wrong::new(Reason::Empty))
}

/// The event's id where it is a valid one, for the report of an event that is otherwise wrong.
pub(super) fn readable_id(node: Node<'_>) -> Option<String> {
    required_short(node, ID).ok()
}

fn absent(need: Need) -> Result<Option<String>, Wrong> {
    if need == Need::Required { Err(Wrong::new(Reason::Missing)) } else { Ok(None) }
}

fn blank(need: Need) -> Result<Option<String>, Wrong> {
    if need == Need::Optional { Ok(None) } else { Err(Wrong::new(Reason::Empty)) }
}

fn short(node: Node<'_>, Short(most): Short, need: Need) -> Result<Option<String>, Wrong> {
    let text = string(node)?;
    let inner = text.trim();
    if inner.is_empty() {
        return blank(need);
    }
    if inner.len() > most {
        return Err(Wrong::with(Reason::TooLong, most));
    }
    if has_control(inner) {
        return Err(Wrong::new(Reason::ControlCharacter));
    }
    Ok(Some(if inner.len() == text.len() { text.into_owned() } else { inner.to_owned() }))
}

fn text(node: Node<'_>, need: Need) -> Result<Option<String>, Wrong> {
    let text = string(node)?;
    if !text.chars().any(is_visible) {
        return blank(need);
    }
    if text.len() > limits::TEXT_BYTES {
        return Err(Wrong::with(Reason::TooLong, limits::TEXT_BYTES));
    }
    Ok(Some(text.into_owned()))
}

fn string(node: Node<'_>) -> Result<Cow<'_, str>, Wrong> {
    match node {
        Node::Text(text) => Ok(text),
        _ => Err(Wrong::with(Reason::WrongType, "string")),
    }
}

fn whole(number: &serde_json::Number, most: u32) -> Result<u32, Wrong> {
    let too_large = || Wrong::with(Reason::OutOfRange, most);
    if let Some(whole) = number.as_u64() {
        return u32::try_from(whole).ok().filter(|n| *n <= most).ok_or_else(too_large);
    }
    // Below zero, or written with a point or an exponent: 3.0 is whole, as it is for JSON Schema.
    match number.as_f64() {
        Some(value) if value < 0.0 => Err(Wrong::new(Reason::Negative)),
        Some(value) if value.fract() != 0.0 => Err(Wrong::new(Reason::Fraction)),
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Whole, and within 0 and `most`.
        Some(value) if value <= f64::from(most) => Ok(value as u32),
        _ => Err(too_large()),
    }
}

fn has_control(text: &str) -> bool {
    text.bytes().any(|b| b < 0x20 || b == 0x7f) || (!text.is_ascii() && text.chars().any(char::is_control))
}

/// Whether a reader sees anything of it: a text of nothing but white space, controls and zero-width characters is empty.
fn is_visible(c: char) -> bool {
    !(c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'))
}
