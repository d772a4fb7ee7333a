//! Why a text was read as it was, in words an analyst can follow.

use std::fmt::{self, Display, Formatter};

use tingjian_schemas::{Reading, Span};

use super::{
    clauses::{Clause, Speaker},
    decide::{Parsed, Understander, chars_before},
};

/// How many clauses and rules are shown per label.
const SHOWN: usize = 5;

/// One clause with its frame and the concepts found in it.
#[derive(Clone, Debug, PartialEq)]
pub struct ClauseView {
    /// Its words.
    pub text: String,
    /// Characters of the text.
    pub span: Span,
    /// What frames it: 转折, 愿望, 条件, 疑问, 转述, 客服所说, 部门答复, 套语.
    pub frame: Vec<&'static str>,
    /// Words of the lexicon in it: the word, its concepts, whether it is negated.
    pub words: Vec<(String, Vec<String>, bool)>,
}

/// A rule that matched.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleView {
    /// `file:number`.
    pub rule: String,
    /// The pattern as written.
    pub pattern: String,
    /// The label it speaks for.
    pub label: String,
    /// Its weight.
    pub weight: f32,
    /// The words it matched.
    pub text: String,
}

/// A label's score and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelView {
    /// The label.
    pub label: String,
    /// Probability.
    pub probability: f32,
    /// The probability from which it is given.
    pub threshold: f32,
    /// What each clause adds to the raw score, the greatest first.
    pub clauses: Vec<(String, f32)>,
    /// What each group of features adds to the raw score.
    pub groups: Vec<(&'static str, f32)>,
}

/// Everything behind one reading.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// What was read.
    pub reading: Reading,
    /// Its clauses.
    pub clauses: Vec<ClauseView>,
    /// Rules that matched.
    pub rules: Vec<RuleView>,
    /// The likeliest labels, the likeliest first; empty without a model.
    pub labels: Vec<LabelView>,
}

impl Understander {
    /// What stands behind the decision on a text that was taken apart.
    pub fn explain(&self, text: &str, parsed: &Parsed, reading: Reading) -> Explanation {
        let clauses = parsed.clauses.iter().map(|c| self.clause_view(text, parsed, c)).collect();
        let all: Vec<_> = self.rules().patterns().collect();
        let rules = parsed.hits.iter().filter_map(|hit| {
            let (pattern, rule) = all.get(hit.pattern as usize)?;
            Some(RuleView {
                rule: rule.name.clone(),
                pattern: (*pattern).to_owned(),
                label: self.rules().target_name(&rule.target),
                weight: rule.weight,
                text: text.get(hit.start as usize..hit.end as usize)?.to_owned(),
            })
        });
        Explanation { reading, clauses, rules: rules.collect(), labels: self.label_views(text, parsed) }
    }

    fn clause_view(&self, text: &str, parsed: &Parsed, clause: &Clause) -> ClauseView {
        let lexicon = self.rules().lexicon();
        let tokens = parsed.tokens.get(clause.tokens.clone()).unwrap_or_default();
        let words = tokens.iter().filter_map(|t| {
            let concepts: Vec<String> =
                t.terms().filter(|c| lexicon.is_concept(*c)).map(|c| lexicon.name(c).to_owned()).collect();
            let word = text.get(t.start as usize..t.end as usize)?.to_owned();
            (!concepts.is_empty()).then_some((word, concepts, t.negated))
        });
        let (start, end) = (clause.bytes.start as u32, clause.bytes.end as u32);
        ClauseView {
            text: text.get(clause.bytes.clone()).unwrap_or_default().to_owned(),
            span: Span { start: chars_before(text, start), end: chars_before(text, end) },
            frame: frame_names(clause),
            words: words.collect(),
        }
    }

    fn label_views(&self, text: &str, parsed: &Parsed) -> Vec<LabelView> {
        let Some(learnt) = self.learnt() else { return Vec::new() };
        let mut views: Vec<LabelView> = learnt
            .labels(parsed)
            .into_iter()
            .map(|(label, probability)| {
                let meta = learnt.model().header.labels.get(label);
                let sums = learnt.contributions(&parsed.features, label);
                let mut clauses: Vec<(String, f32)> = parsed
                    .clauses
                    .iter()
                    .zip(sums)
                    .map(|(c, s)| (text.get(c.bytes.clone()).unwrap_or_default().to_owned(), s))
                    .collect();
                clauses.sort_by(|a, b| b.1.total_cmp(&a.1));
                clauses.truncate(SHOWN);
                LabelView {
                    label: meta.map(|m| m.name.clone()).unwrap_or_default(),
                    probability,
                    threshold: meta.map_or(0.0, |m| m.threshold),
                    clauses,
                    groups: learnt.by_group(&parsed.features, label),
                }
            })
            .collect();
        views.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        views
    }
}

fn frame_names(clause: &Clause) -> Vec<&'static str> {
    let f = &clause.frame;
    let mut names = Vec::new();
    let flags = [
        (f.contrast, "转折"),
        (f.wish, "愿望"),
        (f.condition, "条件"),
        (f.question, "疑问"),
        (f.reported, "转述"),
        (f.formula, "套语"),
        (f.speaker == Speaker::Staff, "客服所说"),
        (f.speaker == Speaker::Department, "部门答复"),
    ];
    names.extend(flags.into_iter().filter(|(on, _)| *on).map(|(_, name)| name));
    names
}

impl Display for Explanation {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let r = &self.reading;
        writeln!(f, "{}", r.text)?;
        writeln!(f, "诉求类型 {} {:.2}{}", r.kind, r.kind_score, if r.abstained { "（待复核）" } else { "" })?;
        for cause in &r.causes {
            writeln!(f, "根因 {} {:.2} → {}", cause.code, cause.score, cause.department)?;
        }
        writeln!(f, "\n分句")?;
        for (number, clause) in self.clauses.iter().enumerate() {
            writeln!(f, "  {:>2} {} {}", number + 1, clause.text, clause.frame.join(" "))?;
            for (word, concepts, negated) in &clause.words {
                writeln!(f, "       {}{word}: {}", if *negated { "不/没 " } else { "" }, concepts.join(" "))?;
            }
        }
        writeln!(f, "\n命中规则")?;
        for rule in &self.rules {
            writeln!(f, "  {:+.1} {} [{}] {} ← {}", rule.weight, rule.label, rule.rule, rule.text, rule.pattern)?;
        }
        if !self.labels.is_empty() {
            writeln!(f, "\n模型")?;
        }
        for label in &self.labels {
            let mark = if label.probability >= label.threshold { "✓" } else { " " };
            writeln!(f, "  {mark} {} {:.2}（阈值 {:.2}）", label.label, label.probability, label.threshold)?;
            for (group, value) in &label.groups {
                write!(f, "      {group} {value:+.2}")?;
            }
            writeln!(f)?;
            for (clause, value) in label.clauses.iter().filter(|c| c.1.abs() >= 0.05) {
                writeln!(f, "      {value:+.2} {clause}")?;
            }
        }
        Ok(())
    }
}
