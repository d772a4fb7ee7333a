//! Words of a fixed list, found from every place of a text: a trie of characters whose steps are one probe each.
//!
//! Steps from the root are looked up in a table by character, the others in an open-addressing table by node and
//! character. Every node carries a small filter of the characters that go on from it, so that most steps that lead
//! nowhere touch no memory.

/// No word ends here.
const NO_WORD: u32 = u32::MAX;
/// The Basic Multilingual Plane; words with other characters begin in the table of steps.
const ROOTS: usize = 0x1_0000;
/// Bits of a key that hold the character.
const CHAR_BITS: u32 = 21;

/// Where a step leads.
#[derive(Clone, Copy)]
struct Node {
    /// From 1; 0: nowhere.
    id: u32,
    /// The word that ends here.
    word: u32,
    /// One bit per hashed character that goes on.
    next: u32,
}

const NOWHERE: Node = Node { id: 0, word: NO_WORD, next: 0 };

/// The compiled words.
pub(crate) struct Trie {
    roots: Box<[Node]>,
    /// (node, character) packed, plus one; where it leads.
    steps: Vec<(u64, Node)>,
    shift: u32,
}

/// While words are added.
struct Builder {
    children: Vec<std::collections::BTreeMap<char, u32>>,
    words: Vec<u32>,
}

impl Trie {
    /// Compiles words; each stands for its place in the list. Empty words are never found; of equal ones the first is.
    pub fn new<'w>(words: impl IntoIterator<Item = &'w str>) -> Self {
        let mut builder = Builder { children: vec![Default::default()], words: vec![NO_WORD] };
        for (number, word) in words.into_iter().enumerate().filter(|(_, w)| !w.is_empty()) {
            builder.add(word, number as u32);
        }
        builder.build()
    }

    /// Calls `found` with the end (a byte of `text`) and the number of every word that starts at byte `at`, the shorter
    /// first.
    #[inline]
    pub fn words_at(&self, text: &str, at: usize, mut found: impl FnMut(usize, u32)) {
        let mut chars = text.get(at..).unwrap_or_default().chars();
        let Some(first) = chars.next() else { return };
        let mut node = match self.roots.get(first as usize) {
            Some(node) => *node,
            None => self.step(0, first),
        };
        let mut end = at + first.len_utf8();
        while node.id != 0 {
            if node.word != NO_WORD {
                found(end, node.word);
            }
            let Some(c) = chars.next().filter(|c| node.next & filter(*c) != 0) else { return };
            node = self.step(node.id, c);
            end += c.len_utf8();
        }
    }

    fn step(&self, node: u32, c: char) -> Node {
        let wanted = key(node, c);
        let mask = self.steps.len().wrapping_sub(1);
        let mut at = (wanted.wrapping_mul(SPREAD) >> self.shift) as usize;
        loop {
            match self.steps.get(at & mask) {
                Some((key, node)) if *key == wanted => return *node,
                Some((0, _)) | None => return NOWHERE,
                Some(_) => at += 1,
            }
        }
    }
}

const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

const fn key(node: u32, c: char) -> u64 {
    ((node as u64) << CHAR_BITS | c as u64) + 1
}

const fn filter(c: char) -> u32 {
    1 << ((c as u32).wrapping_mul(0x9e37_79b1) >> 27)
}

impl Builder {
    fn add(&mut self, word: &str, number: u32) {
        let mut node = 0u32;
        for c in word.chars() {
            let fresh = self.children.len() as u32;
            let Some(children) = self.children.get_mut(node as usize) else { return };
            node = *children.entry(c).or_insert(fresh);
            if node == fresh {
                self.children.push(Default::default());
                self.words.push(NO_WORD);
            }
        }
        if let Some(slot) = self.words.get_mut(node as usize).filter(|w| **w == NO_WORD) {
            *slot = number;
        }
    }

    fn node(&self, id: u32) -> Node {
        let next = self.children.get(id as usize).map_or(0, |c| c.keys().fold(0, |bits, c| bits | filter(*c)));
        Node { id, word: self.words.get(id as usize).copied().unwrap_or(NO_WORD), next }
    }

    fn build(self) -> Trie {
        let size = (self.children.len() * 2).next_power_of_two().max(2);
        let mut trie = Trie {
            roots: vec![NOWHERE; ROOTS].into_boxed_slice(),
            steps: vec![(0, NOWHERE); size],
            shift: 64 - size.trailing_zeros(),
        };
        for (parent, children) in self.children.iter().enumerate() {
            for (c, child) in children {
                let node = self.node(*child);
                match trie.roots.get_mut(*c as usize).filter(|_| parent == 0) {
                    Some(root) => *root = node,
                    None => trie.put(key(parent as u32, *c), node),
                }
            }
        }
        trie
    }
}

impl Trie {
    fn put(&mut self, key: u64, node: Node) {
        let mask = self.steps.len() - 1;
        let mut at = (key.wrapping_mul(SPREAD) >> self.shift) as usize;
        while let Some(step) = self.steps.get_mut(at & mask) {
            if step.0 == 0 {
                *step = (key, node);
                return;
            }
            at += 1;
        }
    }
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
