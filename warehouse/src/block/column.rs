//! The values of one column.

use super::{
    BlockError,
    dictionary::{Dictionary, VERSION},
    kind::{self, Kind},
    put_text,
};

/// The values of one column, laid out by its type.
pub(super) enum Column {
    Fixed { width: usize, data: Vec<u8> },
    Text { data: Vec<u8> },
    Dictionary(Dictionary),
    Nullable { nulls: Vec<u8>, inner: Box<Self> },
    Array { ends: Vec<u8>, length: u64, inner: Box<Self> },
}

impl Column {
    pub fn of_type(name: &str) -> Result<Self, BlockError> {
        Ok(match kind::parse(name)? {
            Kind::Fixed(width) => Self::Fixed { width, data: Vec::new() },
            Kind::Text => Self::Text { data: Vec::new() },
            Kind::Dictionary => Self::Dictionary(Dictionary::default()),
            Kind::Nullable(inner) => Self::Nullable { nulls: Vec::new(), inner: Box::new(Self::of_type(inner)?) },
            Kind::Array(inner) => Self::Array { ends: Vec::new(), length: 0, inner: Box::new(Self::of_type(inner)?) },
        })
    }

    /// A value of a fixed width.
    pub fn put_fixed(&mut self, bytes: &[u8], value: &'static str) -> Result<(), BlockError> {
        match self {
            Self::Fixed { width, data } if *width == bytes.len() => {
                data.extend_from_slice(bytes);
                Ok(())
            }
            other => Err(BlockError::WrongType { value, column: other.name() }),
        }
    }

    /// A text.
    pub fn put_str(&mut self, text: &str) -> Result<(), BlockError> {
        match self {
            Self::Text { data } => put_text(data, text.as_bytes()),
            Self::Dictionary(dictionary) => dictionary.push(text),
            other => return Err(BlockError::WrongType { value: "String", column: other.name() }),
        }
        Ok(())
    }

    /// Bytes: a text that need not be UTF-8, or so many bytes.
    pub fn put_bytes(&mut self, bytes: &[u8]) -> Result<(), BlockError> {
        match self {
            Self::Text { data } => {
                put_text(data, bytes);
                Ok(())
            }
            other => other.put_fixed(bytes, "run of bytes"),
        }
    }

    /// No value.
    pub fn put_null(&mut self) -> Result<(), BlockError> {
        match self {
            Self::Nullable { nulls, inner } => {
                nulls.push(1);
                inner.put_default()
            }
            other => Err(BlockError::WrongType { value: "NULL", column: other.name() }),
        }
    }

    /// Where the value goes that is not null.
    pub fn some(&mut self) -> Result<&mut Self, BlockError> {
        match self {
            Self::Nullable { nulls, inner } => {
                nulls.push(0);
                Ok(inner)
            }
            other => Err(BlockError::WrongType { value: "nullable value", column: other.name() }),
        }
    }

    /// What stands in the place of a null.
    fn put_default(&mut self) -> Result<(), BlockError> {
        match self {
            Self::Fixed { width, data } => data.resize(data.len() + *width, 0),
            Self::Text { data } => data.push(0),
            other => return Err(BlockError::WrongType { value: "NULL", column: other.name() }),
        }
        Ok(())
    }

    /// Forgets the values.
    pub fn clear(&mut self) {
        match self {
            Self::Fixed { data, .. } | Self::Text { data } => data.clear(),
            Self::Dictionary(dictionary) => dictionary.clear(),
            Self::Nullable { nulls, inner } => {
                nulls.clear();
                inner.clear();
            }
            Self::Array { ends, length, inner } => {
                ends.clear();
                *length = 0;
                inner.clear();
            }
        }
    }

    /// Bytes it takes, at most.
    pub fn size(&self) -> usize {
        match self {
            Self::Fixed { data, .. } | Self::Text { data } => data.len(),
            Self::Dictionary(dictionary) => dictionary.size() + 8,
            Self::Nullable { nulls, inner } => nulls.len() + inner.size(),
            Self::Array { ends, inner, .. } => ends.len() + inner.size(),
        }
    }

    /// Prefixes of all levels come first, then the values.
    pub fn write(&self, out: &mut Vec<u8>) {
        self.write_prefix(out);
        self.write_values(out);
    }

    fn write_prefix(&self, out: &mut Vec<u8>) {
        match self {
            Self::Fixed { .. } | Self::Text { .. } => {}
            Self::Dictionary(_) => out.extend_from_slice(&VERSION.to_le_bytes()),
            Self::Nullable { inner, .. } | Self::Array { inner, .. } => inner.write_prefix(out),
        }
    }

    fn write_values(&self, out: &mut Vec<u8>) {
        match self {
            Self::Fixed { data, .. } | Self::Text { data } => out.extend_from_slice(data),
            Self::Dictionary(dictionary) => dictionary.write(out),
            Self::Nullable { nulls, inner } => {
                out.extend_from_slice(nulls);
                inner.write_values(out);
            }
            Self::Array { ends, inner, .. } => {
                out.extend_from_slice(ends);
                inner.write_values(out);
            }
        }
    }

    pub fn name(&self) -> &'static str {
        match self {
            Self::Fixed { width: 1, .. } => "of 1 byte",
            Self::Fixed { width: 4, .. } => "of 4 bytes",
            Self::Fixed { width: 8, .. } => "of 8 bytes",
            Self::Fixed { .. } => "of a fixed width",
            Self::Text { .. } => "String",
            Self::Dictionary(_) => "LowCardinality(String)",
            Self::Nullable { .. } => "Nullable",
            Self::Array { .. } => "Array",
        }
    }
}
