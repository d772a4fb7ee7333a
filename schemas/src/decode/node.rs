//! One JSON value as it was sent: strings stay borrowed from the bytes wherever they hold no escape.

use std::borrow::Cow;

use serde_json::{Map, Number, Value};

/// A JSON value, or the gap that taking it has left.
#[derive(Debug)]
pub(super) enum Node<'a> {
    Taken,
    Null,
    Bool(bool),
    Number(Number),
    Text(Cow<'a, str>),
    List(Vec<Node<'a>>),
    Object(Fields<'a>),
}

/// The fields of one object in the order they were sent; no name occurs twice.
#[derive(Debug, Default)]
pub(super) struct Fields<'a>(pub(super) Vec<(Cow<'a, str>, Node<'a>)>);

impl<'a> Fields<'a> {
    /// Takes a field out; `None` where it is absent, `null` or taken already.
    pub(super) fn take(&mut self, name: &str) -> Option<Node<'a>> {
        let (_, node) = self.0.iter_mut().find(|(key, _)| key == name)?;
        match std::mem::replace(node, Node::Taken) {
            Node::Taken | Node::Null => None,
            node => Some(node),
        }
    }

    /// Moves what nobody took into `kept`, each name led by `prefix`.
    pub(super) fn keep_rest(self, prefix: &str, kept: &mut Map<String, Value>) {
        for (key, node) in self.0 {
            if let Some(value) = node.into_value() {
                kept.insert(format!("{prefix}{key}"), value);
            }
        }
    }

    /// Some name that occurs twice.
    pub(super) fn duplicate(&self) -> Option<&str> {
        /// Up to here comparing all pairs is faster than sorting.
        const FEW: usize = 16;
        if self.0.len() <= FEW {
            let mut rest = self.0.iter();
            while let Some((name, _)) = rest.next() {
                if rest.as_slice().iter().any(|(other, _)| other == name) {
                    return Some(name);
                }
            }
            return None;
        }
        let mut names: Vec<&str> = self.0.iter().map(|(name, _)| &**name).collect();
        names.sort_unstable();
        names.iter().zip(names.iter().skip(1)).find(|(a, b)| a == b).map(|(a, _)| *a)
    }
}

impl Node<'_> {
    /// The value in owned form; `None` where it was taken.
    fn into_value(self) -> Option<Value> {
        Some(match self {
            Self::Taken => return None,
            Self::Null => Value::Null,
            Self::Bool(flag) => Value::Bool(flag),
            Self::Number(number) => Value::Number(number),
            Self::Text(text) => Value::String(text.into_owned()),
            Self::List(items) => Value::Array(items.into_iter().filter_map(Self::into_value).collect()),
            Self::Object(fields) => {
                let mut map = Map::new();
                fields.keep_rest("", &mut map);
                Value::Object(map)
            }
        })
    }
}
