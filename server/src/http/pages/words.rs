//! What the pages say, in each language: files of their own, Chinese first.

use std::{collections::BTreeMap, sync::LazyLock};

/// A language of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// 中文.
    #[default]
    Chinese,
    /// English.
    English,
}

type Words = BTreeMap<String, String>;

static CHINESE: LazyLock<Words> = LazyLock::new(|| {
    read(&[
        include_str!("../../../words/zh.toml"),
        include_str!("../../../words/zh-analysts.toml"),
        include_str!("../../../words/zh-doors.toml"),
        include_str!("../../../words/zh-oidc.toml"),
        include_str!("../../../words/zh-reports.toml"),
        include_str!("../../../words/zh-taxonomy.toml"),
        include_str!("../../../words/zh-thanks.toml"),
    ])
});
static ENGLISH: LazyLock<Words> = LazyLock::new(|| {
    read(&[
        include_str!("../../../words/en.toml"),
        include_str!("../../../words/en-analysts.toml"),
        include_str!("../../../words/en-doors.toml"),
        include_str!("../../../words/en-oidc.toml"),
        include_str!("../../../words/en-reports.toml"),
        include_str!("../../../words/en-taxonomy.toml"),
        include_str!("../../../words/en-thanks.toml"),
    ])
});

/// Tables of some files joined by dots: `[nav] home = "…"` is `nav.home`. A table may be continued in another file.
fn read(files: &[&str]) -> Words {
    let mut all = Words::new();
    for text in files {
        let tables: BTreeMap<String, Words> = toml::from_str(text).unwrap_or_default();
        for (table, words) in tables {
            all.extend(words.into_iter().map(|(name, words)| (format!("{table}.{name}"), words)));
        }
    }
    all
}

impl Language {
    /// Of a code in a cookie or an address.
    pub fn of_code(code: &str) -> Option<Self> {
        match code {
            "zh" => Some(Self::Chinese),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// Its code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Chinese => "zh",
            Self::English => "en",
        }
    }

    /// What `<html lang>` says.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// The words under a key; the key itself where nobody wrote them, which a test refuses.
    pub fn t(self, key: &str) -> &str {
        let words = match self {
            Self::Chinese => &CHINESE,
            Self::English => &ENGLISH,
        };
        words.get(key).map_or(key, String::as_str)
    }

    /// The words under a key with `{}` replaced, in order.
    pub fn fill(self, key: &str, values: &[&str]) -> String {
        values.iter().fold(self.t(key).to_owned(), |text, value| text.replacen("{}", value, 1))
    }

    /// A name of the data (a kind, a verdict, …) under `table`; the name itself where the table does not know it.
    pub fn name(self, table: &str, name: &str) -> String {
        let key = format!("{table}.{name}");
        let words = self.t(&key);
        if words == key { name.to_owned() } else { words.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    fn files(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs" || e == "html") {
                found.push(fs::read_to_string(path).unwrap());
            }
        }
    }

    /// Keys written out in pages and templates: `t("…")` and `fill("…"`.
    fn used() -> BTreeSet<String> {
        let room = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut texts = Vec::new();
        files(&room.join("templates"), &mut texts);
        files(&room.join("src/http/pages"), &mut texts);
        let mut keys = BTreeSet::new();
        for text in texts {
            for opening in [".t(\"", ".fill(\""] {
                for piece in text.split(opening).skip(1) {
                    keys.extend(piece.split_once('"').map(|(key, _)| key.to_owned()));
                }
            }
        }
        keys
    }

    #[test]
    fn both_languages_have_the_same_keys_and_every_key_that_pages_use() {
        let (chinese, english): (BTreeSet<_>, BTreeSet<_>) = (CHINESE.keys().collect(), ENGLISH.keys().collect());
        for (language, words) in [("zh", &*CHINESE), ("en", &*ENGLISH)] {
            for key in ["nav.search", "praise.title", "layout.name"] {
                assert!(words.contains_key(key), "{language}: {key}");
            }
        }
        assert_eq!(chinese.symmetric_difference(&english).collect::<Vec<_>>(), Vec::<&&String>::new());
        let used = used();
        assert!(used.len() > 20, "keys were found");
        let missing: Vec<_> = used.iter().filter(|key| !CHINESE.contains_key(*key)).collect();
        assert_eq!(missing, Vec::<&String>::new(), "keys without words");
    }

    #[test]
    fn both_languages_have_the_same_places_to_fill() {
        for (key, words) in CHINESE.iter() {
            let places = |text: &str| text.matches("{}").count();
            assert_eq!(places(words), places(&ENGLISH[key]), "{key}");
        }
    }

    #[test]
    fn unknown_names_of_the_data_stay_as_they_are() {
        assert_eq!(Language::Chinese.name("kind", "complaint"), "投诉");
        assert_eq!(Language::English.name("kind", "complaint"), "Complaint");
        assert_eq!(Language::English.name("kind", "rumour"), "rumour");
    }
}
