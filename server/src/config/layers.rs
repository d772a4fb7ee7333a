//! Putting file and environment together, and saying what is wrong with them.

use std::{fmt, path::PathBuf};

use serde::{Deserialize, Deserializer, de};

use super::keys::{KEYS, OPEN_KEYS, SECRET_KEYS, nearest, variable};

/// What is wrong with the configuration: which key, where, what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("读不到配置文件 {path}：{source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Not TOML.
    #[error("{origin} 不是有效的 TOML：{source}")]
    Syntax {
        /// Where.
        origin: String,
        /// TOML's report with line and column.
        source: Box<toml::de::Error>,
    },
    /// A key nobody knows.
    #[error("{origin} 中有未知配置项 {key}，最接近的是 {nearest}")]
    UnknownKey {
        /// Where.
        origin: String,
        /// The key.
        key: String,
        /// The known key most like it.
        nearest: &'static str,
    },
    /// A value of the wrong form.
    #[error("{origin} 中的配置值不对：{source}")]
    Value {
        /// Where.
        origin: String,
        /// Which value, and what was expected.
        source: Box<toml::de::Error>,
    },
    /// A value out of bounds.
    #[error("配置项 {key} {problem}")]
    Bound {
        /// The key.
        key: &'static str,
        /// What is wrong.
        problem: &'static str,
    },
    /// A section name used as a key in the environment, or the like.
    #[error("环境变量 {variable} 与配置文件冲突：{section} 不是一个配置节")]
    NotASection {
        /// The variable.
        variable: String,
        /// The part that is no section.
        section: String,
    },
}

/// Refuses keys that do not exist.
pub(super) fn check_keys(table: &toml::Table, origin: &str) -> Result<(), ConfigError> {
    let mut leaves = Vec::new();
    collect_leaves(table, "", &mut leaves);
    let unknown = leaves.into_iter().find(|leaf| !KEYS.contains(&leaf.as_str()));
    match unknown {
        None => Ok(()),
        Some(key) => Err(ConfigError::UnknownKey { origin: origin.to_owned(), nearest: nearest(&key), key }),
    }
}

fn collect_leaves(table: &toml::Table, prefix: &str, leaves: &mut Vec<String>) {
    for (name, value) in table {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            toml::Value::Table(inner) if !OPEN_KEYS.contains(&key.as_str()) => collect_leaves(inner, &key, leaves),
            _ => leaves.push(key),
        }
    }
}

/// The keys that the environment sets: key, variable, value.
pub(super) fn environment(
    variables: impl Iterator<Item = (String, String)>,
) -> impl Iterator<Item = (&'static str, String, toml::Value)> {
    variables.filter_map(|(name, text)| {
        let key = KEYS.iter().find(|key| variable(key) == name)?;
        let value = if SECRET_KEYS.contains(key) { toml::Value::String(text) } else { value(&text) };
        Some((*key, name, value))
    })
}

/// `8`, `true` and `["a"]` are what they are in TOML; everything else is a string.
fn value(text: &str) -> toml::Value {
    let parsed = format!("value = {text}").parse::<toml::Table>().ok().and_then(|mut table| table.remove("value"));
    match parsed {
        Some(
            value @ (toml::Value::Integer(_) | toml::Value::Boolean(_) | toml::Value::Array(_) | toml::Value::Table(_)),
        ) => value,
        _ => toml::Value::String(text.to_owned()),
    }
}

/// Sets one key; `origin` is the variable it comes from.
pub(super) fn set(table: &mut toml::Table, key: &str, value: toml::Value, origin: &str) -> Result<(), ConfigError> {
    let Some((section, rest)) = key.split_once('.') else {
        table.insert(key.to_owned(), value);
        return Ok(());
    };
    let inner = table.entry(section).or_insert_with(|| toml::Value::Table(toml::Table::new()));
    let not_a_section = || ConfigError::NotASection { variable: origin.to_owned(), section: section.to_owned() };
    set(inner.as_table_mut().ok_or_else(not_a_section)?, rest, value, origin)
}

/// A list, or one string with commas.
pub(super) fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    struct ListOrString<T>(std::marker::PhantomData<T>);
    impl<'de, T: Deserialize<'de>> de::Visitor<'de> for ListOrString<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list, or a string with commas")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            parts.map(|part| T::deserialize(de::value::StrDeserializer::new(part))).collect()
        }

        fn visit_seq<A: de::SeqAccess<'de>>(self, mut sequence: A) -> Result<Vec<T>, A::Error> {
            let mut items = Vec::new();
            while let Some(item) = sequence.next_element()? {
                items.push(item);
            }
            Ok(items)
        }
    }
    deserializer.deserialize_any(ListOrString(std::marker::PhantomData))
}
