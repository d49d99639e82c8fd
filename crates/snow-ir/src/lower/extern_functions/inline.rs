//! Intrinsics that are lowered to operations of the intermediate form.

use crate::ir::{BinaryOp, Class, Op, Static, StaticWord, UnaryOp, Value};
use crate::lower::function::FunctionLowering;
use crate::lower::types;
use snow_abi::{Kind, array, bytes, header};
use snow_check::hir::Type;

fn binary_op(name: &str) -> Option<BinaryOp> {
    Some(match name {
        "int_add" => BinaryOp::Add,
        "int_sub" => BinaryOp::Subtract,
        "int_mul" => BinaryOp::Multiply,
        "int_eq" => BinaryOp::Equal,
        "int_lt" => BinaryOp::Less,
        "int_le" => BinaryOp::LessEqual,
        "int_lt_unsigned" => BinaryOp::LessUnsigned,
        "int_band" => BinaryOp::And,
        "int_bor" => BinaryOp::Or,
        "int_bxor" => BinaryOp::Xor,
        "int_shl" => BinaryOp::ShiftLeft,
        "int_shr" => BinaryOp::ShiftRight,
        "int_shr_unsigned" => BinaryOp::ShiftRightUnsigned,
        "float_add" => BinaryOp::FloatAdd,
        "float_sub" => BinaryOp::FloatSubtract,
        "float_mul" => BinaryOp::FloatMultiply,
        "float_div" => BinaryOp::FloatDivide,
        "float_eq" => BinaryOp::FloatEqual,
        "float_lt" => BinaryOp::FloatLess,
        "float_le" => BinaryOp::FloatLessEqual,
        "bool_eq" => BinaryOp::BoolEqual,
        "vector_and" => BinaryOp::VectorAnd,
        "vector_or" => BinaryOp::VectorOr,
        "vector_xor" => BinaryOp::VectorXor,
        "vector_add" => BinaryOp::VectorAdd,
        "vector_sub" => BinaryOp::VectorSubtract,
        "vector_sub_saturating" => BinaryOp::VectorSubtractSaturating,
        "vector_equal" => BinaryOp::VectorEqual,
        "vector_greater" => BinaryOp::VectorGreater,
        "vector_lookup" => BinaryOp::VectorLookup,
        _ => return None,
    })
}

fn unary_op(name: &str) -> Option<UnaryOp> {
    Some(match name {
        "int_neg" => UnaryOp::Negate,
        "int_bnot" => UnaryOp::BitNot,
        "int_count_ones" => UnaryOp::CountOnes,
        "int_leading_zeros" => UnaryOp::LeadingZeros,
        "int_trailing_zeros" => UnaryOp::TrailingZeros,
        "int_swap_bytes" => UnaryOp::SwapBytes,
        "int_to_float" => UnaryOp::IntToFloat,
        "float_neg" => UnaryOp::FloatNegate,
        "float_sqrt" => UnaryOp::FloatSqrt,
        "float_floor" => UnaryOp::FloatFloor,
        "float_ceil" => UnaryOp::FloatCeil,
        "float_truncate" => UnaryOp::FloatTruncate,
        "float_to_int" => UnaryOp::FloatToInt,
        "float_bits" => UnaryOp::FloatBits,
        "float_from_bits" => UnaryOp::FloatFromBits,
        "bool_not" => UnaryOp::BoolNot,
        "bool_to_int" => UnaryOp::BoolToInt,
        "vector_splat" => UnaryOp::VectorSplat,
        "vector_any" => UnaryOp::VectorAnyTrue,
        "vector_high_bits" => UnaryOp::VectorHighBits,
        _ => return None,
    })
}

/// Width and order of `bytes_load_u16_be` and its like; `None` for other names.
fn access(name: &str, prefix: &str) -> Option<(u8, bool)> {
    let name = name.strip_prefix(prefix)?;
    let (bits, big) = match name.strip_suffix("_be") {
        Some(bits) => (bits, true),
        None => (name, false),
    };
    Some(match bits {
        "8" => (1, big),
        "16" => (2, big),
        "32" => (4, big),
        "64" => (8, big),
        _ => return None,
    })
}

impl FunctionLowering<'_, '_> {
    /// `None` when there is no such operation, or not with these arguments.
    pub(super) fn inline(
        &mut self,
        name: &str,
        values: &[Value],
        types: &[Type],
        result: Class,
    ) -> Option<Value> {
        if let (Some(op), [a, b]) = (binary_op(name), values) {
            return Some(self.builder.binary(op, *a, *b));
        }
        if let (Some(op), [a]) = (unary_op(name), values) {
            return Some(self.builder.unary(op, *a));
        }
        let load = access(name, "bytes_load_u").or_else(|| access(name, "buffer_load_u"));
        if let (Some((width, big)), [object, at]) = (load, values) {
            let address = self.address(*object);
            return Some(self.load_bytes(address, *at, width, big, false));
        }
        if let (Some((width, big)), [buffer, at, value]) = (access(name, "buffer_store_u"), values) {
            let address = self.address(*buffer);
            self.builder.effect(Op::StoreBytes { address, offset: *at, value: *value, width, big });
            return Some(self.builder.unit());
        }
        let element = types.first().map_or(Class::Int, |ty| types::class(self.context.program, ty));
        Some(match (name, values) {
            ("int_div", [a, b]) => self.divide(BinaryOp::Divide, *a, *b),
            ("int_rem", [a, b]) => self.divide(BinaryOp::Remainder, *a, *b),
            ("array_new", [capacity]) => self.new_array(element == Class::Ref, *capacity),
            ("array_empty", []) => self.empty_array(element == Class::Ref),
            ("array_get", [array, index]) => {
                self.builder.emit(Op::ArrayGet { array: *array, index: *index, class: result }, result)
            }
            ("array_set", [array, index, value]) => {
                self.builder.effect(Op::ArraySet { array: *array, index: *index, value: *value });
                self.builder.unit()
            }
            ("array_capacity", [array]) => self.builder.load(*array, array::CAPACITY, Class::Int),
            ("array_front", [array]) => self.builder.load_mutable(*array, array::FRONT),
            ("array_back", [array]) => self.builder.load_mutable(*array, array::BACK),
            ("array_set_front", [array, front]) => self.set_word(*array, array::FRONT, *front),
            ("array_set_back", [array, back]) => self.set_word(*array, array::BACK, *back),
            ("bytes_length" | "string_length_bytes", [object]) => self.length(*object),
            ("buffer_length", [buffer]) => self.builder.load_mutable(*buffer, bytes::LENGTH),
            ("buffer_capacity", [buffer]) => self.builder.load_mutable(*buffer, bytes::DATA),
            ("buffer_set_length", [buffer, length]) => self.set_word(*buffer, bytes::LENGTH, *length),
            ("string_to_bytes" | "string_from_bytes", [value]) => *value,
            ("unsafe_cast", [value]) if self.builder.class(*value) == result => *value,
            ("vector_load_bytes" | "vector_load_buffer", [object, at]) => {
                let address = self.address(*object);
                self.builder.emit(Op::LoadVector { address, offset: *at }, Class::Vector)
            }
            ("vector_store", [buffer, at, value]) => {
                let address = self.address(*buffer);
                self.builder.effect(Op::StoreVector { address, offset: *at, value: *value });
                self.builder.unit()
            }
            ("vector_of", bytes) => self.vector(bytes),
            ("vector_shift_right", [vector, count]) => match self.builder.constant(*count) {
                Some(count @ 0..=8) => {
                    self.builder.emit(Op::VectorShiftRight(*vector, count as u8), Class::Vector)
                }
                _ => return self.not_constant("the shift count of a U8x16", 0, 8),
            },
            ("vector_align", [before, vector, count]) => match self.builder.constant(*count) {
                Some(count @ 1..=15) => {
                    self.builder.emit(Op::VectorAlign(*before, *vector, count as u8), Class::Vector)
                }
                _ => return self.not_constant("the count of bytes that `align` takes", 1, 15),
            },
            ("panic", [message]) => {
                self.panic_with(*message);
                self.builder.undefined(result)
            }
            ("message_type", [_]) => self.message_type(types.first().unwrap_or(&Type::Unit)),
            ("own_address", []) => self.own_address(),
            ("park", []) => {
                self.park();
                self.builder.unit()
            }
            ("timer_sleep", [milliseconds]) => self.sleep(*milliseconds),
            ("reply_wait", [reference, deadline]) => self.wait_for_answer(*reference, *deadline),
            ("reply_wait_forever", [reference]) => {
                let no_deadline = self.builder.int(-1);
                self.wait_for_answer(*reference, no_deadline);
                self.builder.unit()
            }
            _ => return None,
        })
    }

    fn not_constant(&mut self, what: &str, from: i64, to: i64) -> Option<Value> {
        self.fail(format!("{what} must be a constant from {from} to {to}"));
        None
    }

    fn set_word(&mut self, object: Value, word: u32, value: Value) -> Value {
        self.builder.store(object, word, value);
        self.builder.unit()
    }

    /// Length in bytes of a Bytes or String.
    pub fn length(&mut self, object: Value) -> Value {
        self.builder.load(object, bytes::LENGTH, Class::Int)
    }

    pub fn address(&mut self, object: Value) -> Value {
        self.builder.emit(Op::Address(object), Class::Address)
    }

    pub fn load_bytes(&mut self, address: Value, offset: Value, width: u8, big: bool, signed: bool) -> Value {
        self.builder.emit(Op::LoadBytes { address, offset, width, big, signed }, Class::Int)
    }

    /// A vector of sixteen Ints' low bytes.
    fn vector(&mut self, bytes: &[Value]) -> Value {
        let constants: Option<Vec<u8>> =
            bytes.iter().map(|byte| self.builder.constant(*byte).map(|byte| byte as u8)).collect();
        if let Some(Ok(constant)) = constants.map(<[u8; 16]>::try_from) {
            return self.builder.emit(Op::VectorConst(constant), Class::Vector);
        }
        let length = self.builder.int(16);
        let memory = self.builder.runtime("bytes_new", vec![length], Class::Ref);
        let address = self.address(memory);
        for (at, byte) in bytes.iter().enumerate() {
            let offset = self.builder.int(at as i64);
            self.builder.effect(Op::StoreBytes { address, offset, value: *byte, width: 1, big: true });
        }
        let offset = self.builder.int(0);
        self.builder.emit(Op::LoadVector { address, offset }, Class::Vector)
    }

    /// The shared array without slots.
    pub fn empty_array(&mut self, references: bool) -> Value {
        let id = self.context.static_object(array_object(references, Vec::new()));
        self.builder.static_object(id)
    }
}

/// A constant array, full at both ends, so that nobody adds to it in place.
pub(crate) fn array_object(references: bool, elements: Vec<StaticWord>) -> Static {
    let kind = if references { Kind::RefArray } else { Kind::RawArray };
    let length = elements.len() as u64;
    let mut words = vec![StaticWord::Raw(length), StaticWord::Raw(0), StaticWord::Raw(length)];
    words.extend(elements);
    Static::Object { header: header(kind, 0, 0, 0), words }
}
