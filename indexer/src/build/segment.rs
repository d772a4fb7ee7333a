//! One segment under construction: the files tantivy's own writer would write, through tantivy's own serializers.

use std::io;

use tantivy::{
    Directory, DocId, Segment, SegmentMeta,
    directory::TerminatingWrite,
    fastfield::FastFieldsWriter,
    fieldnorm::{FieldNormReaders, FieldNormsSerializer, FieldNormsWriter},
    index::SegmentComponent,
    postings::{FieldSerializer, InvertedIndexSerializer},
    schema::{Field, Schema},
    store::StoreWriter,
};

use super::{
    grams::{GramPostings, MAX_DOCS},
    terms::{IdPostings, TermPostings},
};
use crate::{document::RecordDocument, fields::Fields, text::words};

/// Records a segment takes however little memory it may use: its files would be mostly overhead.
const LEAST_DOCS: DocId = 1_024;

/// A segment that takes records until it is finished. Its files belong to no commit before tantivy is told of them.
pub(super) struct SegmentBuilder {
    segment: Segment,
    schema: Schema,
    fields: Fields,
    docs: DocId,
    norms: FieldNormsWriter,
    columns: FastFieldsWriter,
    store: StoreWriter,
    record_ids: IdPostings,
    text: GramPostings,
    words: TermPostings,
    agent_nos: TermPostings,
    channels: TermPostings,
}

impl SegmentBuilder {
    pub(super) fn new(index: &tantivy::Index, fields: Fields) -> tantivy::Result<Self> {
        let segment = index.new_segment();
        let schema = index.schema();
        let settings = index.settings();
        let store = StoreWriter::new(
            segment.open_write(SegmentComponent::Store)?,
            settings.docstore_compression,
            settings.docstore_blocksize,
            settings.docstore_compress_dedicated_thread,
        )?;
        Ok(Self {
            norms: FieldNormsWriter::for_schema(&schema),
            columns: FastFieldsWriter::from_schema_and_tokenizer_manager(
                &schema,
                index.fast_field_tokenizer().clone(),
            )?,
            segment,
            schema,
            fields,
            docs: 0,
            store,
            record_ids: IdPostings::default(),
            text: GramPostings::default(),
            words: TermPostings::default(),
            agent_nos: TermPostings::default(),
            channels: TermPostings::default(),
        })
    }

    pub(super) fn add(&mut self, record: RecordDocument) -> tantivy::Result<()> {
        let doc = self.docs;
        let grams = self.text.add(doc, &record.text);
        self.norms.record(doc, self.fields.text, grams);
        words(&record.words).for_each(|word| self.words.add(doc, word));
        record.agent_nos.iter().for_each(|number| self.agent_nos.add(doc, number));
        record.channel.iter().for_each(|channel| self.channels.add(doc, channel));
        self.columns.add_document(&record)?;
        self.store.store(&record, &self.schema)?;
        self.record_ids.add(doc, record.record_id);
        self.docs += 1;
        Ok(())
    }

    /// Whether it should be finished before it takes another record.
    pub(super) fn is_full(&self, memory_bytes: usize) -> bool {
        let terms = [&self.words, &self.agent_nos, &self.channels];
        let used = self.text.memory_bytes()
            + self.record_ids.memory_bytes()
            + terms.iter().map(|terms| terms.memory_bytes()).sum::<usize>()
            + self.columns.mem_usage()
            + self.norms.mem_usage()
            + self.store.mem_usage();
        (used >= memory_bytes && self.docs >= LEAST_DOCS) || self.docs >= MAX_DOCS
    }

    /// Writes everything out and syncs it.
    pub(super) fn finish(mut self) -> tantivy::Result<SegmentMeta> {
        self.norms.fill_up_to_max_doc(self.docs);
        let path = self.segment.relative_path(SegmentComponent::FieldNorms);
        let norms = FieldNormsSerializer::from_write(self.segment.index().directory().open_write(&path)?)?;
        self.norms.serialize(norms, None)?;
        let mut columns = self.segment.open_write(SegmentComponent::FastFields)?;
        self.columns.serialize(&mut columns, None)?;
        columns.terminate()?;
        self.store.close()?;
        let mut inversion = Inversion {
            norms: FieldNormReaders::open(self.segment.open_read(SegmentComponent::FieldNorms)?)?,
            serializer: InvertedIndexSerializer::open(&self.segment)?,
        };
        inversion.ids(self.fields.record_id, self.record_ids)?;
        inversion.grams(self.fields.text, self.text)?;
        inversion.terms(self.fields.words, self.words)?;
        inversion.terms(self.fields.agent_no, self.agent_nos)?;
        inversion.terms(self.fields.channel, self.channels)?;
        inversion.serializer.close()?;
        let segment = self.segment.with_max_doc(self.docs);
        let meta = segment.meta().clone();
        meta.untrack_temp_docstore();
        Ok(meta)
    }
}

/// The inverted files of a segment being written; fields come in their order.
struct Inversion {
    norms: FieldNormReaders,
    serializer: InvertedIndexSerializer,
}

impl Inversion {
    fn ids(&mut self, field: Field, ids: IdPostings) -> tantivy::Result<()> {
        self.field(field, ids.total(), |serializer| ids.write(serializer))
    }

    fn grams(&mut self, field: Field, grams: GramPostings) -> tantivy::Result<()> {
        self.field(field, grams.total(), |serializer| grams.write(serializer))
    }

    fn terms(&mut self, field: Field, terms: TermPostings) -> tantivy::Result<()> {
        self.field(field, terms.total(), |serializer| terms.write(serializer))
    }

    /// Writes one field; tantivy writes none that no record has.
    fn field(
        &mut self,
        field: Field,
        total: u64,
        write: impl FnOnce(&mut FieldSerializer<'_>) -> io::Result<()>,
    ) -> tantivy::Result<()> {
        if total > 0 {
            let mut serializer = self.serializer.new_field(field, total, self.norms.get_field(field)?)?;
            write(&mut serializer)?;
            serializer.close()?;
        }
        Ok(())
    }
}
