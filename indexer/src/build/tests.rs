//! The segments built here are those tantivy's own writer would have made.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tantivy::{
    DocSet, IndexWriter, SegmentReader, TERMINATED, TantivyDocument,
    postings::Postings,
    schema::{Field, IndexRecordOption, Term},
};

use super::{Builders, segment::SegmentBuilder};
use crate::{
    document::RecordDocument,
    fields::{self, Fields, column},
};

/// Per term its records, each with its positions.
type Inverted = BTreeMap<Vec<u8>, Vec<(u32, Vec<u32>)>>;

/// Time, arrival, hash of the id, shape.
type Row = (Option<i64>, Option<u64>, Option<u64>, String);

#[derive(Debug, PartialEq)]
struct Contents {
    inverted: Vec<(Field, u64, Inverted)>,
    norms: Vec<u8>,
    columns: Vec<Row>,
    stored: Vec<String>,
}

fn empty_index(folder: &std::path::Path) -> (tantivy::Index, Fields) {
    let (schema, fields) = fields::schema();
    let index = tantivy::Index::create_in_dir(folder, schema).unwrap();
    fields::register(index.tokenizers());
    (index, fields)
}

fn documents(fields: Fields, texts: &[String]) -> impl Iterator<Item = RecordDocument> {
    texts.iter().zip(0..).map(move |(text, at)| RecordDocument {
        fields,
        record_id: format!("r{}", at % 7),
        text: text.clone(),
        words: text.chars().map(|c| format!("{c}{c}")).collect::<Vec<_>>().join("\u{1f}"),
        agent_nos: (0..at % 3).map(|nth| format!("A{}", at % 4 + nth)).collect(),
        channel: (at % 2 == 0).then(|| "微信".to_owned()),
        occurred_at: 1_000 * at as i64,
        arrival: at,
        shape: format!("complaints\u{1f}complaint\u{1f}\u{1f}{}", at % 3),
    })
}

fn by_tantivy(texts: &[String]) -> Contents {
    let folder = tempfile::tempdir().unwrap();
    let (index, fields) = empty_index(folder.path());
    let mut writer: IndexWriter<RecordDocument> = index.writer_with_num_threads(1, 200_000_000).unwrap();
    for document in documents(fields, texts) {
        writer.add_document(document).unwrap();
    }
    writer.commit().unwrap();
    contents(&index, fields)
}

fn by_builder(texts: &[String]) -> Contents {
    let folder = tempfile::tempdir().unwrap();
    let (index, fields) = empty_index(folder.path());
    let mut writer: IndexWriter = index.writer_with_num_threads(1, 15_000_000).unwrap();
    let mut builder = SegmentBuilder::new(&index, fields).unwrap();
    for document in documents(fields, texts) {
        builder.add(document).unwrap();
    }
    writer.add_segment(builder.finish().unwrap()).unwrap();
    writer.commit().unwrap();
    contents(&index, fields)
}

fn contents(index: &tantivy::Index, fields: Fields) -> Contents {
    let searcher = index.reader().unwrap().searcher();
    let [segment] = searcher.segment_readers() else { panic!("one segment") };
    let indexed = [fields.record_id, fields.text, fields.words, fields.agent_no, fields.channel];
    let columns = segment.fast_fields();
    let (times, arrivals) = (columns.i64(column::OCCURRED_AT).unwrap(), columns.u64(column::ARRIVAL).unwrap());
    let (hashes, shapes) = (columns.u64(column::ID_HASH).unwrap(), columns.str(column::SHAPE).unwrap().unwrap());
    let norms = segment.get_fieldnorms_reader(fields.text).unwrap();
    let store = segment.get_store_reader(1).unwrap();
    let all = || 0..segment.max_doc();
    Contents {
        inverted: indexed.iter().map(|field| inverted(segment, *field)).collect(),
        norms: all().map(|doc| norms.fieldnorm_id(doc)).collect(),
        columns: all()
            .map(|doc| {
                let mut shape = String::new();
                shapes.ord_to_str(shapes.ords().first(doc).unwrap(), &mut shape).unwrap();
                (times.first(doc), arrivals.first(doc), hashes.first(doc), shape)
            })
            .collect(),
        stored: all().map(|doc| format!("{:?}", store.get::<TantivyDocument>(doc).unwrap())).collect(),
    }
}

fn inverted(segment: &SegmentReader, field: Field) -> (Field, u64, Inverted) {
    let reader = segment.inverted_index(field).unwrap();
    let mut terms = reader.terms().stream().unwrap();
    let mut all = Inverted::new();
    while terms.advance() {
        let term = Term::from_field_text(field, std::str::from_utf8(terms.key()).unwrap());
        let mut postings = reader.read_postings(&term, IndexRecordOption::WithFreqsAndPositions).unwrap().unwrap();
        assert_eq!(postings.doc_freq(), terms.value().doc_freq);
        let mut places = Vec::new();
        while postings.doc() != TERMINATED {
            let mut positions = Vec::new();
            postings.positions(&mut positions);
            places.push((postings.doc(), positions));
            postings.advance();
        }
        all.insert(terms.key().to_vec(), places);
    }
    (field, reader.total_num_tokens(), all)
}

fn check_same(texts: &[String]) {
    assert_eq!(by_builder(texts), by_tantivy(texts));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn same_segments(texts in prop::collection::vec("[慢快好餐\u{20000}\u{2f81a}カ한A-Cé01，。 👍]{0,40}", 1..40)) {
        check_same(&texts);
    }
}

#[test]
fn same_segments_with_full_blocks() {
    // More records per gram than the 128 of one block of postings, and more positions than fit one block.
    let texts: Vec<String> = (0..400).map(|at| format!("送餐太慢{}", "很慢".repeat(at % 90))).collect();
    check_same(&texts);
}

#[test]
fn same_segments_with_more_characters_than_there_are_numbers() {
    let texts: Vec<String> = (0x4e00..0x9000u32)
        .collect::<Vec<_>>()
        .chunks(50)
        .map(|codes| codes.iter().filter_map(|code| char::from_u32(*code)).collect())
        .collect();
    check_same(&texts);
}

#[test]
fn a_full_builder_starts_another_segment() {
    let folder = tempfile::tempdir().unwrap();
    let (index, fields) = empty_index(folder.path());
    let texts: Vec<String> = (0..4_096).map(|at| format!("第{at}条送餐太慢")).collect();
    let count = |memory_bytes| {
        let mut builders = Builders::new(index.clone(), fields, 2, memory_bytes);
        documents(fields, &texts).try_for_each(|document| builders.add(document)).unwrap();
        let segments = builders.finish().unwrap();
        assert_eq!(segments.iter().map(|segment| segment.max_doc()).sum::<u32>(), 4_096);
        segments.len()
    };
    assert_eq!(count(1 << 30), 2, "one for each thread");
    assert_eq!(count(1), 4, "one each time the memory is used up, but not for a few records");
}
