//! Splitting a text into clauses, with what frames each of them: contrast, wish, condition, question, who speaks.

use std::ops::Range;

use super::lexicon::Token;

/// Who says a clause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Speaker {
    /// The customer, as everywhere unless the text says otherwise.
    #[default]
    Customer,
    /// A line or sentence of the contact centre's own: `客服：…`, `客服回答…`.
    Staff,
    /// A department's answer quoted in a ticket: `2018-01-16 某局答复：…`.
    Department,
}

/// What frames a clause and changes what its words are worth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Frame {
    /// After 但/就是/不过/可惜…: what counts.
    pub contrast: bool,
    /// A wish or proposal: 希望, 建议, 要是…就好了.
    pub wish: bool,
    /// A condition: 如果, 万一.
    pub condition: bool,
    /// A question.
    pub question: bool,
    /// Somebody's words retold: 客服说, 告知.
    pub reported: bool,
    /// A fixed phrase of the form, which says nothing of the matter.
    pub formula: bool,
    /// Who says it.
    pub speaker: Speaker,
}

/// A clause: bytes of the text, its tokens, its frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Bytes of the text, without the mark that ends the clause.
    pub bytes: Range<usize>,
    /// Indices into the token list.
    pub tokens: Range<usize>,
    /// What frames it.
    pub frame: Frame,
}

/// Whether a character ends a clause.
pub(crate) const fn is_break(c: char) -> bool {
    matches!(
        c,
        '，' | '。'
            | '！'
            | '？'
            | '；'
            | '：'
            | '、'
            | '…'
            | '~'
            | '～'
            | ','
            | ';'
            | '!'
            | '?'
            | '\n'
            | ' '
            | '\u{3000}'
            | '('
            | ')'
            | '（'
            | '）'
            | '【'
            | '】'
    )
}

/// Concepts that the splitter knows by name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FrameTerms {
    pub contrast: u16,
    pub wish: u16,
    pub condition: u16,
    pub question: u16,
    pub reported: u16,
    pub formula: u16,
}

/// Cuts `text` at marks and before words of contrast.
pub(crate) fn split(text: &str, tokens: &[Token], terms: &FrameTerms, out: &mut Vec<Clause>) {
    out.clear();
    let mut breaks = tokens.iter().filter(|t| t.has(terms.contrast)).map(|t| t.start as usize).peekable();
    let mut start = 0;
    let mut state = Walk::default();
    for (at, c) in text.char_indices() {
        while let Some(&b) = breaks.peek() {
            if b > at {
                break;
            }
            breaks.next();
            if b == at && b > start {
                state.push(text, start..at, false, out);
                start = at;
            }
        }
        if is_break(c) {
            state.push(text, start..at, matches!(c, '？' | '?'), out);
            if c == '\n' {
                state.line_end();
            }
            if matches!(c, '。' | '！' | '？' | '\n') {
                state.sentence_end();
            }
            start = at + c.len_utf8();
        }
    }
    state.push(text, start..text.len(), false, out);
    assign(tokens, terms, out);
}

/// Marks clauses outside the parts worth reading as formulas, except what a department answers: that tells whose
/// matter it is.
pub(crate) fn leave_out(readable: &[Range<usize>], clauses: &mut [Clause]) {
    let mut ranges = readable.iter().peekable();
    for clause in clauses {
        while ranges.peek().is_some_and(|r| r.end <= clause.bytes.start) {
            ranges.next();
        }
        let read = ranges.peek().is_some_and(|r| r.start < clause.bytes.end);
        clause.frame.formula |= !read && clause.frame.speaker != Speaker::Department;
    }
}

/// What carries over from clause to clause.
#[derive(Default)]
struct Walk {
    speaker: Speaker,
    sentence_start: bool,
    fresh: bool,
}

impl Walk {
    fn line_end(&mut self) {
        self.speaker = Speaker::Customer;
    }

    fn sentence_end(&mut self) {
        self.sentence_start = true;
    }

    fn push(&mut self, text: &str, bytes: Range<usize>, question: bool, out: &mut Vec<Clause>) {
        let Some(words) = text.get(bytes.clone()) else { return };
        if words.is_empty() {
            return;
        }
        // A department's answer may follow the ticket anywhere, with the time in front; others speak from the start
        // of a sentence on.
        match speaker(words) {
            Some(who) if self.sentence_start || !self.fresh || who == Speaker::Department => self.speaker = who,
            Some(Speaker::Customer) if words.starts_with("市民") => self.speaker = Speaker::Customer,
            _ => {}
        }
        self.fresh = true;
        self.sentence_start = false;
        let frame = Frame { question, speaker: self.speaker, ..Frame::default() };
        out.push(Clause { bytes, tokens: 0..0, frame });
    }
}

/// Who starts to speak with these words, if they say so.
fn speaker(words: &str) -> Option<Speaker> {
    const STAFF: [&str; 4] = ["客服", "坐席", "话务员", "接线员"];
    const SAYS: [&str; 8] = ["回答", "表示", "回复", "告知", "解释", "建议", "询问", "答复"];
    const CUSTOMER: [&str; 5] = ["客户", "用户", "市民", "顾客", "来电人"];
    if let Some(rest) = STAFF.iter().find_map(|s| words.strip_prefix(s)) {
        return (rest.is_empty() || SAYS.iter().any(|s| rest.starts_with(s))).then_some(Speaker::Staff);
    }
    if CUSTOMER.iter().any(|s| words.starts_with(s)) {
        return Some(Speaker::Customer);
    }
    if !words.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let reply = ["答复", "回复", "局", "公司", "街道办", "大队", "政府", "中心", "集团", "所"]
        .iter()
        .any(|e| words.ends_with(e));
    reply.then_some(Speaker::Department)
}

/// Gives every clause its tokens and the frames that tokens make.
fn assign(tokens: &[Token], terms: &FrameTerms, clauses: &mut [Clause]) {
    let mut next = 0;
    for clause in clauses {
        while tokens.get(next).is_some_and(|t| (t.start as usize) < clause.bytes.start) {
            next += 1;
        }
        let first = next;
        while let Some(token) = tokens.get(next).filter(|t| (t.start as usize) < clause.bytes.end) {
            let frame = &mut clause.frame;
            frame.contrast |= token.has(terms.contrast);
            frame.wish |= token.has(terms.wish);
            frame.condition |= token.has(terms.condition);
            frame.question |= token.has(terms.question);
            frame.reported |= token.has(terms.reported);
            frame.formula |= token.has(terms.formula);
            next += 1;
        }
        clause.tokens = first..next;
    }
}
