//! Ways to keep the substring guarantee, side by side: what each costs to write, to store and to ask.
//!
//! `DATA=FILE [N=300000] [RUNS=1000] cargo run --release --example index_variants`: indexes N texts as words with
//! positions (no guarantee), pairs of characters with positions (asked as phrases), and pairs without positions (asked
//! for all pairs, then every candidate's text is read and looked through); then counts random cuts of 2 to 8 Chinese
//! characters in each.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)] // A measurement fails by panicking.

mod support;

use std::{sync::LazyLock, time::Instant};

use support::{Outcome, Random, cpu_seconds, number, percentile, texts};
use tantivy::{
    Index, IndexWriter, Searcher, TantivyDocument, Term,
    collector::{Count, DocSetCollector},
    query::{BooleanQuery, PhraseQuery, Query, TermQuery},
    schema::{Field, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions, Value},
    tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer},
};

/// Splits at U+001F: both words and pairs are cut before.
#[derive(Clone, Default)]
struct Cut(Token);
struct CutStream<'a>(std::str::Split<'a, char>, &'a mut Token);

impl Tokenizer for Cut {
    type TokenStream<'a> = CutStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> CutStream<'a> {
        self.0.reset();
        CutStream(text.split('\u{1f}'), &mut self.0)
    }
}

impl TokenStream for CutStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(word) = self.0.next() else { return false };
        self.1.text.clear();
        self.1.text.push_str(word);
        self.1.position = self.1.position.wrapping_add(1);
        true
    }

    fn token(&self) -> &Token {
        self.1
    }

    fn token_mut(&mut self) -> &mut Token {
        self.1
    }
}

static JIEBA: LazyLock<jieba_rs::Jieba> = LazyLock::new(jieba_rs::Jieba::new);

fn words(text: &str) -> Vec<String> {
    JIEBA.cut(text, true).into_iter().map(|token| token.word.to_owned()).collect()
}

fn pairs(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    characters.windows(2).map(|pair| pair.iter().collect()).collect()
}

struct Variant {
    name: &'static str,
    cut: fn(&str) -> Vec<String>,
    option: IndexRecordOption,
}

fn main() -> Outcome<()> {
    let (texts, n) = (texts()?, number("N", 300_000));
    let cuts = cuts(&texts, number("RUNS", 1_000));
    for variant in [
        Variant { name: "words, positions", cut: words, option: IndexRecordOption::WithFreqsAndPositions },
        Variant { name: "pairs, positions", cut: pairs, option: IndexRecordOption::WithFreqsAndPositions },
        Variant { name: "pairs, no positions", cut: pairs, option: IndexRecordOption::Basic },
    ] {
        measure(&variant, &texts, n, &cuts)?;
    }
    Ok(())
}

fn measure(variant: &Variant, texts: &[String], n: usize, cuts: &[String]) -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let mut schema = Schema::builder();
    let indexing = TextFieldIndexing::default().set_tokenizer("cut").set_index_option(variant.option);
    let terms = schema.add_text_field("terms", TextOptions::default().set_indexing_options(indexing));
    let stored = schema.add_text_field("text", STORED);
    let index = Index::create_in_dir(folder.path(), schema.build())?;
    index.tokenizers().register("cut", TextAnalyzer::from(Cut::default()));
    let joined: Vec<String> = texts.iter().map(|text| (variant.cut)(text).join("\u{1f}")).collect();
    let begun = cpu_seconds()?;
    let mut writer: IndexWriter = index.writer_with_num_threads(2, 128 << 20)?;
    for at in 0..n {
        let mut document = TantivyDocument::default();
        document.add_text(terms, &joined[at % joined.len()]);
        document.add_text(stored, &texts[at % texts.len()]);
        writer.add_document(document)?;
    }
    writer.commit()?;
    writer.wait_merging_threads()?;
    let ended = cpu_seconds()?;
    let spent = (ended.0 + ended.1 - begun.0 - begun.1) * 1e6 / n as f64;
    let bytes: u64 = std::fs::read_dir(folder.path())?.map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
    let searcher = index.reader()?.searcher();
    let mut found = 0;
    let mut taken: Vec<f64> = cuts
        .iter()
        .map(|cut| {
            let begun = Instant::now();
            found += count(&searcher, variant, terms, stored, cut);
            begun.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    taken.sort_by(f64::total_cmp);
    println!(
        "{:20} {spent:5.1} µs CPU and {:4} bytes a text; {found} found; count p50 {:.2} ms, p99 {:.2} ms",
        variant.name,
        bytes / n as u64,
        percentile(&taken, 0.50),
        percentile(&taken, 0.99),
    );
    Ok(())
}

/// Texts that hold the cut, as this variant can tell.
fn count(searcher: &Searcher, variant: &Variant, terms: Field, stored: Field, cut: &str) -> usize {
    let terms: Vec<Term> = (variant.cut)(cut).iter().map(|part| Term::from_field_text(terms, part)).collect();
    let positions = variant.option == IndexRecordOption::WithFreqsAndPositions;
    if terms.len() == 1 || positions {
        let query: Box<dyn Query> = match terms.as_slice() {
            [one] => Box::new(TermQuery::new(one.clone(), IndexRecordOption::Basic)),
            _ => Box::new(PhraseQuery::new(terms)),
        };
        return searcher.search(&query, &Count).unwrap();
    }
    let each = terms.into_iter().map(|term| Box::new(TermQuery::new(term, IndexRecordOption::Basic)) as Box<dyn Query>);
    let candidates = searcher.search(&BooleanQuery::intersection(each.collect()), &DocSetCollector);
    let holds = |address| {
        let document: TantivyDocument = searcher.doc(address).unwrap();
        document.get_first(stored).and_then(|value| value.as_str()).unwrap().contains(cut)
    };
    candidates.unwrap().into_iter().filter(|address| holds(*address)).count()
}

fn cuts(texts: &[String], runs: usize) -> Vec<String> {
    let mut random = Random(7);
    let mut cuts = Vec::new();
    while cuts.len() < runs {
        let characters: Vec<char> = texts[random.below(texts.len())].chars().collect();
        let length = 2 + random.below(7);
        if characters.len() <= length {
            continue;
        }
        let from = random.below(characters.len() - length);
        let cut = &characters[from..from + length];
        if cut.iter().all(|c| ('\u{4e00}'..='\u{9fff}').contains(c)) {
            cuts.push(cut.iter().collect());
        }
    }
    cuts
}
