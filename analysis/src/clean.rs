//! What of a text is worth reading. The text that is stored and searched stays whole; only understanding leaves out
//! what no customer wanted to say: advertising and signature tails, forwarding headers, fixed instructions, replies of
//! the business pasted below, and what stands there twice.

use std::{collections::HashSet, ops::Range, sync::LazyLock};

use aho_corasick::{AhoCorasick, MatchKind};
use xxhash_rust::xxh3::xxh3_64;

/// Texts up to this many bytes are not searched for repetitions: reading them twice costs less than looking.
const SHORT: usize = 300;

/// Fewest bytes of a sentence that counts as a passage: twice “太慢了” is emphasis, not a paste.
const PASSAGE: usize = 36;

/// Longest unit, in characters, that is noticed as repeated on end (哈哈哈哈, 垃圾垃圾垃圾).
const UNIT: usize = 8;

/// Characters of such a repetition that are read.
const READ: usize = 32;

/// Longest tail, in bytes: a marker further from the end is something the customer says.
const TAIL: usize = 600;

/// What a marker begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Passage {
    /// An advertising or mail tail: to the end of the text.
    Tail,
    /// A line of a forwarding header: to the end of the line.
    Line,
    /// What the business answered: to the next addition by the customer, or the end.
    Reply,
    /// An instruction between parentheses.
    Instruction,
}

/// Markers that begin a sentence or a line (an instruction: anywhere in a parenthesis).
const MARKERS: &[(Passage, &[&str])] = &[
    (
        Passage::Tail,
        &[
            "发自我的",
            "来自我的",
            "Sent from my",
            "退订回",
            "退订请回",
            "回T退订",
            "回复TD",
            "回TD退",
            "拒收请回",
            "本邮件及其附件",
            "此邮件及其附件",
            "本邮件包含",
            "免责声明",
            "更多精彩请关注",
            "扫描二维码",
            "扫一扫关注",
            "长按识别二维码",
            "长按二维码",
            "关注公众号",
            "关注微信公众号",
            "点击下方链接",
            "点击链接领取",
            "加微信领",
            "加群领券",
            "诚招代理",
            "本文转自",
            "文章来源",
            "-----Original Message",
            "----- 原始邮件",
            "原始邮件-----",
        ],
    ),
    (
        Passage::Line,
        &["发件人：", "收件人：【", "抄送：", "主题：转发", "主题：Fw", "主题：回复", "转发自", "From: ", "Subject: "],
    ),
    (
        Passage::Reply,
        &["宾馆反馈", "酒店反馈", "酒店回复", "商家回复", "商家反馈", "卖家回复", "掌柜回复", "店家回复："],
    ),
    (Passage::Instruction, &["响应处置", "紧急办件", "分钟办件"]),
];

struct Markers {
    automaton: Option<AhoCorasick>,
    passages: Vec<Passage>,
}

static COMPILED: LazyLock<Markers> = LazyLock::new(|| {
    let all = || MARKERS.iter().flat_map(|(passage, words)| words.iter().map(move |word| (*passage, *word)));
    // A list of plain words always compiles; a test reads one through it.
    let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(all().map(|(_, word)| word));
    Markers { automaton: automaton.ok(), passages: all().map(|(passage, _)| passage).collect() }
});

/// The byte ranges of `text` to read: in order, disjoint, on character borders. Everything where nothing would be left,
/// and nothing of an empty text. Linear in the length of the text.
pub fn readable(text: &str) -> Vec<Range<usize>> {
    if text.is_empty() {
        return Vec::new();
    }
    let mut skipped = marked(text);
    if text.len() > SHORT {
        skipped.extend(runs(text));
        skipped.extend(passages(text));
        skipped.sort_by_key(|range| range.start);
    }
    let mut read = Vec::with_capacity(1 + skipped.len());
    let mut at = 0;
    for range in skipped {
        if range.start > at {
            read.push(at..range.start);
        }
        at = at.max(range.end);
    }
    if at < text.len() {
        read.push(at..text.len());
    }
    let blank = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default().trim().is_empty();
    if read.iter().all(blank) {
        return std::iter::once(0..text.len()).collect();
    }
    read
}

/// Passages that begin with a marker.
fn marked(text: &str) -> Vec<Range<usize>> {
    let mut skipped = Vec::new();
    let mut end = 0;
    for found in COMPILED.automaton.iter().flat_map(|automaton| automaton.find_iter(text)) {
        let passage = COMPILED.passages.get(found.pattern().as_usize());
        let range = passage.and_then(|passage| extent(text, *passage, found.start(), found.end()));
        if let Some(range) = range.filter(|range| range.start >= end) {
            end = range.end;
            skipped.push(range);
        }
    }
    skipped
}

/// How far the passage of a marker reaches.
fn extent(text: &str, passage: Passage, start: usize, end: usize) -> Option<Range<usize>> {
    let (before, after) = (text.get(..start)?, text.get(end..)?);
    if passage == Passage::Instruction {
        return parenthesis(before, after, start, end);
    }
    let fresh = before.trim_end_matches(' ').chars().next_back().is_none_or(|c| is_end(c) || "[【（(-—~".contains(c));
    let stop = match passage {
        Passage::Tail if text.len() - start <= TAIL => text.len(),
        Passage::Line => after.find('\n').map_or(text.len(), |line| end + line),
        Passage::Reply => {
            after.find("补充点评").or_else(|| after.find("补充评价")).map_or(text.len(), |more| end + more)
        }
        Passage::Tail | Passage::Instruction => return None,
    };
    fresh.then_some(start..stop)
}

/// The parenthesis around a marker, where it is a short one.
fn parenthesis(before: &str, after: &str, start: usize, end: usize) -> Option<Range<usize>> {
    /// Bytes to look for either parenthesis.
    const REACH: usize = 240;
    let from = (start.saturating_sub(REACH)..=start).find(|i| before.is_char_boundary(*i))?;
    let open = from + before.get(from..)?.rfind(['（', '(', '）', ')'])?;
    before.get(open..)?.starts_with(['（', '(']).then_some(())?;
    let to = (0..=REACH.min(after.len())).rev().find(|i| after.is_char_boundary(*i))?;
    let close = after.get(..to)?.find(['）', ')']);
    let close = close.and_then(|at| Some(end + at + after.get(at..)?.chars().next()?.len_utf8()));
    // A text cut off inside the parenthesis ends there.
    close.or((to == after.len()).then_some(end + to)).map(|close| open..close)
}

/// What a short unit repeated on end leaves to be read.
fn runs(text: &str) -> Vec<Range<usize>> {
    let mut last = ['\0'; UNIT];
    let mut same = [0usize; UNIT];
    let mut skipped: Vec<Range<usize>> = Vec::new();
    for (at, c) in text.char_indices() {
        for (count, before) in same.iter_mut().zip(&last) {
            *count = if *before == c { *count + 1 } else { 0 };
        }
        last.rotate_right(1);
        if let Some(newest) = last.first_mut() {
            *newest = c;
        }
        if same.iter().any(|count| *count >= READ) {
            let end = at + c.len_utf8();
            match skipped.last_mut().filter(|range| range.end == at) {
                Some(range) => range.end = end,
                None => skipped.push(at..end),
            }
        }
    }
    skipped
}

/// Sentences that stood there before, word for word.
fn passages(text: &str) -> Vec<Range<usize>> {
    let mut seen = HashSet::new();
    let mut skipped = Vec::new();
    let mut start = 0;
    for sentence in text.split_inclusive(is_end) {
        let end = start + sentence.len();
        let said = sentence.trim();
        if said.len() >= PASSAGE && !seen.insert(xxh3_64(said.as_bytes())) {
            skipped.push(start..end);
        }
        start = end;
    }
    skipped
}

/// Whether a sentence ends with `c`.
fn is_end(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '；' | '\n' | '!' | '?' | ';' | '…')
}
