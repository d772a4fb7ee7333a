//! Bytes → the fields of one object, in one pass.

use std::{borrow::Cow, fmt};

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use super::{
    node::{Fields, Node},
    path::Path,
    surrogate::first_lone_surrogate,
};
use crate::{Reason, Rejection, limits};

/// Reads the one object that `bytes` are.
pub(super) fn object(bytes: &[u8]) -> Result<Fields<'_>, Rejection> {
    let refuse = |reason, detail| Err(Rejection { reason, field: None, detail, event_id: None });
    if bytes.len() > limits::EVENT_BYTES {
        return refuse(Reason::EventTooLarge, Some(limits::EVENT_BYTES.to_string()));
    }
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(e) => return refuse(Reason::InvalidUtf8, Some((e.valid_up_to() + 1).to_string())),
    };
    let mut trouble = Trouble::default();
    let mut reader = serde_json::Deserializer::from_str(text);
    let node = Seed { trouble: &mut trouble, depth: 0 }.deserialize(&mut reader);
    match node.and_then(|node| reader.end().map(|()| node)) {
        Ok(Node::Object(fields)) => Ok(fields),
        Ok(_) => refuse(Reason::NotAnObject, None),
        Err(error) => Err(trouble.rejection(text, &error)),
    }
}

/// What is known of the place of an error; filled in only while an error travels up.
#[derive(Default)]
struct Trouble {
    /// Set for all but syntax errors.
    found: Option<(Reason, Option<usize>)>,
    path: Path,
    event_id: Option<String>,
}

impl Trouble {
    /// Notes a reason of our own; the error returned only carries the news upwards.
    fn find<E: serde::de::Error>(&mut self, reason: Reason, bound: Option<usize>) -> E {
        self.found = Some((reason, bound));
        E::custom("refused")
    }

    fn rejection(self, text: &str, error: &serde_json::Error) -> Rejection {
        let (reason, detail) = match self.found {
            Some((reason, bound)) => (reason, bound.map(|b| b.to_string())),
            None if first_lone_surrogate(text).is_some_and(|at| at <= offset(text, error)) => {
                (Reason::LoneSurrogate, None)
            }
            None => (Reason::InvalidJson, Some(syntax_detail(error))),
        };
        Rejection { reason, field: self.path.into_field(), detail, event_id: self.event_id }
    }
}

/// `LINE:COLUMN what`, without the place that the error's own text ends with.
fn syntax_detail(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.rsplit_once(" at line ").map_or(&*text, |(what, _)| what);
    format!("{}:{} {what}", error.line(), error.column())
}

/// The byte at which the error was met.
fn offset(text: &str, error: &serde_json::Error) -> usize {
    let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    before + error.column()
}

/// Reads a value at a depth; also the visitor that does it.
struct Seed<'t> {
    trouble: &'t mut Trouble,
    depth: usize,
}

impl Seed<'_> {
    fn deeper<E: serde::de::Error>(&mut self) -> Result<usize, E> {
        let depth = self.depth + 1;
        if depth > limits::DEPTH {
            return Err(self.trouble.find(Reason::TooDeep, Some(limits::DEPTH)));
        }
        Ok(depth)
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Node<'de>;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Node<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Node<'de>, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Node<'de>, E> {
        Ok(Node::Bool(flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node<'de>, E> {
        Ok(Node::Number(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node<'de>, E> {
        Ok(Node::Number(number.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Node<'de>, E> {
        Number::from_f64(number).map(Node::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<Node<'de>, A::Error> {
        let depth = self.deeper()?;
        let mut items = Vec::new();
        loop {
            match seq.next_element_seed(Seed { trouble: self.trouble, depth }) {
                Ok(Some(item)) => items.push(item),
                Ok(None) => return Ok(Node::List(items)),
                Err(error) => {
                    self.trouble.path.within_item(items.len());
                    return Err(error);
                }
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Node<'de>, A::Error> {
        let depth = self.deeper()?;
        // The usual event has about ten fields.
        let mut fields = Fields(Vec::with_capacity(12));
        match self.fill(&mut fields, &mut map, depth) {
            Ok(()) => Ok(Node::Object(fields)),
            Err(error) => {
                if depth == 1 {
                    self.trouble.event_id = fields.take("event_id").and_then(super::take::readable_id);
                }
                Err(error)
            }
        }
    }
}

impl Seed<'_> {
    fn fill<'de, A: MapAccess<'de>>(
        &mut self,
        fields: &mut Fields<'de>,
        map: &mut A,
        depth: usize,
    ) -> Result<(), A::Error> {
        while let Some(Name(name)) = map.next_key()? {
            if fields.0.len() == limits::FIELDS {
                return Err(self.trouble.find(Reason::TooManyFields, Some(limits::FIELDS)));
            }
            match map.next_value_seed(Seed { trouble: self.trouble, depth }) {
                Ok(node) => fields.0.push((name, node)),
                Err(error) => {
                    self.trouble.path.within_field(&name);
                    return Err(error);
                }
            }
        }
        if let Some(name) = fields.duplicate() {
            self.trouble.path.within_field(name);
            return Err(self.trouble.find(Reason::DuplicateField, None));
        }
        Ok(())
    }
}

/// A field's name, borrowed where it can be (serde's own `Cow` always copies).
struct Name<'a>(Cow<'a, str>);

impl<'de> serde::Deserialize<'de> for Name<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a field name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }
        deserializer.deserialize_str(NameVisitor)
    }
}
