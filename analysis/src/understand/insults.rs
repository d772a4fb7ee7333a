//! Whether a text attacks a person, by the words of `rules/insults.toml`.

use std::{collections::HashMap, ops::Range, sync::LazyLock};

use serde::Deserialize;

use super::clauses::Clause;
use crate::trie::Trie;

static FILE: &str = include_str!("../../rules/insults.toml");

/// The words; `None` only if the shipped file were wrong, which a test rules out.
static INSULTS: LazyLock<Option<Insults>> = LazyLock::new(|| Insults::parse(FILE).ok());

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    always: String,
    at_persons: String,
    persons: String,
    lofty: String,
    plain: String,
    #[serde(rename = "self")]
    oneself: String,
}

/// What a word of the list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Always,
    AtPersons,
    Person,
    Lofty,
    Plain,
}

/// The words, compiled.
struct Insults {
    trie: Trie,
    parts: Vec<Part>,
    oneself: Vec<String>,
}

/// What the words of a text say of insults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attack {
    /// None could be meant.
    None,
    /// A word that may be one, and a person.
    Possible,
    /// A person is insulted.
    Sure,
}

/// Whether the text insults a person.
pub(super) fn insults(text: &str, clauses: &[Clause]) -> Attack {
    INSULTS.as_ref().map_or(Attack::None, |words| words.hold(text, clauses))
}

impl Insults {
    fn parse(file: &str) -> Result<Self, String> {
        let file: File = toml::from_str(file).map_err(|e| e.to_string())?;
        let lists = [
            (&file.always, Part::Always),
            (&file.at_persons, Part::AtPersons),
            (&file.persons, Part::Person),
            (&file.lofty, Part::Lofty),
            (&file.plain, Part::Plain),
        ];
        let mut words: HashMap<String, Part> = HashMap::new();
        for (word, part) in lists.into_iter().flat_map(|(list, part)| list.split_whitespace().map(move |w| (w, part))) {
            if words.insert(word.to_owned(), part).is_some_and(|before| before != part) {
                return Err(format!("{word:?} stands in two lists"));
            }
            if matches!(part, Part::Always | Part::AtPersons) {
                words.insert(spaced(word), part);
            }
        }
        let mut words: Vec<(String, Part)> = words.into_iter().collect();
        words.sort_unstable();
        let trie = Trie::new(words.iter().map(|(word, _)| word.as_str()));
        let parts = words.iter().map(|(_, part)| *part).collect();
        Ok(Self { trie, parts, oneself: file.oneself.split_whitespace().map(str::to_owned).collect() })
    }

    fn hold(&self, text: &str, clauses: &[Clause]) -> Attack {
        let mut weak: Vec<Range<usize>> = Vec::new();
        let mut persons: Vec<usize> = Vec::new();
        let (mut lofty, mut any) = (false, false);
        let mut reach = 0;
        for (start, _) in text.char_indices() {
            // The leftmost word, and of those the longest; the next begins after it.
            let mut longest = None;
            if start >= reach {
                self.trie.words_at(text, start, |end, word| longest = Some((end, word)));
            }
            let Some((end, word)) = longest else { continue };
            reach = end;
            let part = self.parts.get(word as usize);
            any |= matches!(part, Some(Part::Always | Part::AtPersons));
            match part {
                Some(Part::Person) => persons.push(start),
                Some(Part::Lofty) => lofty = true,
                Some(Part::Always) if self.is_meant(text, start, end) => return Attack::Sure,
                Some(Part::AtPersons) if self.is_meant(text, start, end) => weak.push(start..end),
                _ => {}
            }
        }
        let clause = |at: usize| clauses.iter().position(|c| c.bytes.contains(&at));
        let beside_a_person = |word: &Range<usize>| {
            let here = clause(word.start);
            here.is_some() && persons.iter().any(|person| clause(*person) == here)
        };
        if !weak.is_empty() && (lofty || weak.iter().any(beside_a_person)) {
            Attack::Sure
        } else if any && (lofty || !persons.is_empty()) {
            Attack::Possible
        } else {
            Attack::None
        }
    }

    /// A word by itself, not inside Latin ones (USB), and not said of oneself.
    fn is_meant(&self, text: &str, start: usize, end: usize) -> bool {
        let (before, after) = (text.get(..start).unwrap_or_default(), text.get(end..).unwrap_or_default());
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let word = text.get(start..end).unwrap_or_default();
        let inside = latin(before.chars().next_back()) && latin(word.chars().next())
            || latin(word.chars().next_back()) && latin(after.chars().next());
        !inside && !self.oneself.iter().any(|word| before.ends_with(word.as_str()))
    }
}

/// A word of Chinese characters with a space between every two; any other word as it is.
fn spaced(word: &str) -> String {
    if word.is_ascii() {
        return word.to_owned();
    }
    word.chars().map(String::from).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_file_is_right() {
        let words = Insults::parse(FILE);
        assert!(words.is_ok(), "{:?}", words.err());
    }

    #[test]
    fn a_word_in_two_lists_is_refused() {
        let file =
            "always = \"蠢货\"\nat_persons = \"蠢货\"\npersons = \"\"\nlofty = \"\"\nplain = \"\"\nself = \"\"\n";
        assert_eq!(Insults::parse(file).err().as_deref(), Some("\"蠢货\" stands in two lists"));
    }
}
