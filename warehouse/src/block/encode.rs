//! Serde's view of a row → values in columns.

use serde::{
    Serialize, Serializer,
    ser::{Impossible, SerializeSeq, SerializeStruct},
};

use super::{Block, BlockError, column::Column};

type Done = Result<(), BlockError>;
type No = Impossible<(), BlockError>;

/// Takes one row apart.
pub(super) struct RowEncoder<'b> {
    block: &'b mut Block,
    place: usize,
}

impl<'b> RowEncoder<'b> {
    pub fn new(block: &'b mut Block) -> Self {
        Self { block, place: 0 }
    }
}

impl SerializeStruct for RowEncoder<'_> {
    type Ok = ();
    type Error = BlockError;

    #[inline]
    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Done {
        let column = self.block.column(self.place, name)?;
        self.place += 1;
        value.serialize(CellEncoder(column))
    }

    fn end(self) -> Done {
        Ok(())
    }
}

/// Puts one value into its column.
struct CellEncoder<'c>(&'c mut Column);

/// The elements of one array.
struct ArrayEncoder<'c> {
    ends: &'c mut Vec<u8>,
    length: &'c mut u64,
    inner: &'c mut Column,
}

impl SerializeSeq for ArrayEncoder<'_> {
    type Ok = ();
    type Error = BlockError;

    #[inline]
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        *self.length += 1;
        value.serialize(CellEncoder(self.inner))
    }

    #[inline]
    fn end(self) -> Done {
        self.ends.extend_from_slice(&self.length.to_le_bytes());
        Ok(())
    }
}

/// Methods for what no row has.
macro_rules! refuse {
    ($($method:ident($($argument:ty),*) -> $done:ty,)*) => {
        $(fn $method(self, $(_: $argument),*) -> Result<$done, BlockError> {
            Err(BlockError::NotARow(stringify!($method)))
        })*
    };
}

macro_rules! refuse_variant {
    () => {
        fn serialize_newtype_variant<T: Serialize + ?Sized>(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: &T,
        ) -> Done {
            Err(BlockError::NotARow("serialize_newtype_variant"))
        }
    };
}

macro_rules! numbers {
    ($($method:ident $number:ty),*) => {
        $(#[inline]
        fn $method(self, number: $number) -> Done {
            self.0.put_fixed(&number.to_le_bytes(), stringify!($number))
        })*
    };
}

impl<'c> Serializer for CellEncoder<'c> {
    type Ok = ();
    type Error = BlockError;
    type SerializeSeq = ArrayEncoder<'c>;
    type SerializeTuple = No;
    type SerializeTupleStruct = No;
    type SerializeTupleVariant = No;
    type SerializeMap = No;
    type SerializeStruct = No;
    type SerializeStructVariant = No;

    numbers!(
        serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64, serialize_i128 i128,
        serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64, serialize_u128 u128,
        serialize_f32 f32, serialize_f64 f64
    );

    #[inline]
    fn serialize_bool(self, value: bool) -> Done {
        self.0.put_fixed(&[u8::from(value)], "bool")
    }

    #[inline]
    fn serialize_str(self, text: &str) -> Done {
        self.0.put_str(text)
    }

    #[inline]
    fn serialize_bytes(self, bytes: &[u8]) -> Done {
        self.0.put_bytes(bytes)
    }

    #[inline]
    fn serialize_none(self) -> Done {
        self.0.put_null()
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        value.serialize(CellEncoder(self.0.some()?))
    }

    #[inline]
    fn serialize_seq(self, _: Option<usize>) -> Result<ArrayEncoder<'c>, BlockError> {
        match self.0 {
            Column::Array { ends, length, inner } => Ok(ArrayEncoder { ends, length, inner }),
            other => Err(BlockError::WrongType { value: "list", column: other.name() }),
        }
    }

    #[inline]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Done {
        value.serialize(self)
    }

    refuse! {
        serialize_char(char) -> (),
        serialize_unit() -> (),
        serialize_unit_struct(&'static str) -> (),
        serialize_unit_variant(&'static str, u32, &'static str) -> (),
        serialize_tuple(usize) -> No,
        serialize_tuple_struct(&'static str, usize) -> No,
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> No,
        serialize_map(Option<usize>) -> No,
        serialize_struct(&'static str, usize) -> No,
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> No,
    }
    refuse_variant!();
}

impl Serializer for RowEncoder<'_> {
    type Ok = ();
    type Error = BlockError;
    type SerializeSeq = No;
    type SerializeTuple = No;
    type SerializeTupleStruct = No;
    type SerializeTupleVariant = No;
    type SerializeMap = No;
    type SerializeStruct = Self;
    type SerializeStructVariant = No;

    #[inline]
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, BlockError> {
        Ok(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, row: &T) -> Done {
        row.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, row: &T) -> Done {
        row.serialize(self)
    }

    refuse! {
        serialize_bool(bool) -> (),
        serialize_i8(i8) -> (),
        serialize_i16(i16) -> (),
        serialize_i32(i32) -> (),
        serialize_i64(i64) -> (),
        serialize_u8(u8) -> (),
        serialize_u16(u16) -> (),
        serialize_u32(u32) -> (),
        serialize_u64(u64) -> (),
        serialize_f32(f32) -> (),
        serialize_f64(f64) -> (),
        serialize_char(char) -> (),
        serialize_str(&str) -> (),
        serialize_bytes(&[u8]) -> (),
        serialize_none() -> (),
        serialize_unit() -> (),
        serialize_unit_struct(&'static str) -> (),
        serialize_unit_variant(&'static str, u32, &'static str) -> (),
        serialize_seq(Option<usize>) -> No,
        serialize_tuple(usize) -> No,
        serialize_tuple_struct(&'static str, usize) -> No,
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> No,
        serialize_map(Option<usize>) -> No,
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> No,
    }
    refuse_variant!();
}
