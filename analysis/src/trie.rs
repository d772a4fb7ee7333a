//! Words of a fixed list, found from every place of a text: a trie of characters, small enough to stay in the caches.
//!
//! Nodes are numbered level by level, so that those which follow one node stand side by side. Every node carries a small
//! filter of the characters that go on from it, so that most steps that lead nowhere touch no further memory.

use std::collections::BTreeMap;

/// No word ends here.
const NO_WORD: u32 = u32::MAX;
/// The Basic Multilingual Plane; words that begin with other characters are looked for among all beginnings.
const PLANE: usize = 0x1_0000;

#[derive(Clone, Copy, Debug)]
struct Node {
    /// The word that ends here.
    word: u32,
    /// The nodes that follow.
    first: u32,
    last: u32,
    /// One bit per hashed character that goes on.
    filter: u32,
}

/// The compiled words.
pub(crate) struct Trie {
    nodes: Vec<Node>,
    /// The character that leads to each node.
    chars: Vec<char>,
    /// For every character of the plane the node it leads to from the root; 0: none.
    begins: Box<[u16]>,
}

/// While words are added.
#[derive(Default)]
struct Draft {
    word: Option<u32>,
    next: BTreeMap<char, Draft>,
}

impl Trie {
    /// Compiles words; each stands for its place in the list. Empty words are never found; of equal ones the first is.
    pub fn new<'w>(words: impl IntoIterator<Item = &'w str>) -> Self {
        let mut root = Draft::default();
        for (number, word) in words.into_iter().enumerate().filter(|(_, w)| !w.is_empty()) {
            let end = word.chars().fold(&mut root, |draft, c| draft.next.entry(c).or_default());
            end.word = end.word.or(Some(number as u32));
        }
        let mut trie = Self { nodes: Vec::new(), chars: vec!['\0'], begins: vec![0; PLANE].into_boxed_slice() };
        let mut level = vec![&root];
        while !level.is_empty() {
            level.iter().for_each(|draft| trie.place(draft));
            level = level.into_iter().flat_map(|draft| draft.next.values()).collect();
        }
        trie.index();
        trie
    }

    /// Numbers the nodes that follow a draft.
    fn place(&mut self, draft: &Draft) {
        let first = self.chars.len() as u32;
        self.chars.extend(draft.next.keys());
        let filter = draft.next.keys().fold(0, |bits, c| bits | filter(*c));
        let last = self.chars.len() as u32;
        self.nodes.push(Node { word: draft.word.unwrap_or(NO_WORD), first, last, filter });
    }

    fn index(&mut self) {
        let Some(root) = self.nodes.first() else { return };
        for node in root.first..root.last {
            let slot = self.chars.get(node as usize).and_then(|c| self.begins.get_mut(*c as usize));
            if let (Some(slot), Ok(node)) = (slot, u16::try_from(node)) {
                *slot = node;
            }
        }
    }

    /// Calls `found` with the end (a byte of `text`) and the number of every word that starts at byte `at`, the shorter
    /// first.
    #[inline]
    pub fn words_at(&self, text: &str, at: usize, mut found: impl FnMut(usize, u32)) {
        let mut chars = text.get(at..).unwrap_or_default().chars();
        let Some(c) = chars.next() else { return };
        let begin = match self.begins.get(c as usize) {
            Some(0) => None,
            Some(node) => self.nodes.get(usize::from(*node)),
            None => self.nodes.first().and_then(|root| self.follow(root, c)),
        };
        let Some(mut node) = begin else { return };
        let mut end = at + c.len_utf8();
        loop {
            if node.word != NO_WORD {
                found(end, node.word);
            }
            let Some(c) = chars.next().filter(|c| node.filter & filter(*c) != 0) else { return };
            let Some(next) = self.follow(node, c) else { return };
            (node, end) = (next, end + c.len_utf8());
        }
    }

    #[inline]
    fn follow(&self, node: &Node, c: char) -> Option<&Node> {
        let chars = self.chars.get(node.first as usize..node.last as usize)?;
        let place = chars.binary_search(&c).ok()?;
        self.nodes.get(node.first as usize + place)
    }
}

const fn filter(c: char) -> u32 {
    1 << ((c as u32).wrapping_mul(0x9e37_79b1) >> 27)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at_every_place(words: &[String], text: &str) -> Vec<(usize, usize, u32)> {
        let trie = Trie::new(words.iter().map(String::as_str));
        let mut out = Vec::new();
        for (at, _) in text.char_indices() {
            trie.words_at(text, at, |end, word| out.push((at, end, word)));
        }
        out
    }

    fn by_comparing(words: &[String], text: &str) -> Vec<(usize, usize, u32)> {
        let mut out = Vec::new();
        for (at, _) in text.char_indices() {
            for (number, word) in words.iter().enumerate() {
                let first = words.iter().position(|w| w == word) == Some(number);
                if first && !word.is_empty() && text[at..].starts_with(word.as_str()) {
                    out.push((at, at + word.len(), number as u32));
                }
            }
        }
        out.sort_unstable();
        out
    }

    proptest! {
        #[test]
        fn finds_what_comparing_finds(
            words in proptest::collection::vec("[太慢了a😀]{0,4}", 0..12),
            text in "[太慢了a😀不]{0,30}",
        ) {
            prop_assert_eq!(at_every_place(&words, &text), by_comparing(&words, &text));
        }
    }
}
