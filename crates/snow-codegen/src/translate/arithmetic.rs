//! Operations on Ints, Floats, Bools and vectors.

use crate::translate::Translator;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{self as machine, ConstantData, InstBuilder, MemFlagsData, types};
use snow_abi as abi;
use snow_ir::ir::{BinaryOp, UnaryOp, Value};

impl<'a> Translator<'a> {
    pub fn binary(&mut self, op: BinaryOp, a: Value, b: Value) -> machine::Value {
        let (a, b) = (self.get(a), self.get(b));
        let byte_shuffle = self.target.byte_shuffle;
        let ins = self.builder.ins();
        match op {
            BinaryOp::Add | BinaryOp::VectorAdd => ins.iadd(a, b),
            BinaryOp::Subtract | BinaryOp::VectorSubtract => ins.isub(a, b),
            BinaryOp::Multiply => ins.imul(a, b),
            BinaryOp::Divide => ins.sdiv(a, b),
            BinaryOp::Remainder => ins.srem(a, b),
            BinaryOp::And | BinaryOp::BoolAnd | BinaryOp::VectorAnd => ins.band(a, b),
            BinaryOp::Or | BinaryOp::BoolOr | BinaryOp::VectorOr => ins.bor(a, b),
            BinaryOp::Xor | BinaryOp::VectorXor => ins.bxor(a, b),
            BinaryOp::ShiftLeft => ins.ishl(a, b),
            BinaryOp::ShiftRight => ins.sshr(a, b),
            BinaryOp::ShiftRightUnsigned => ins.ushr(a, b),
            BinaryOp::Equal | BinaryOp::BoolEqual | BinaryOp::Same | BinaryOp::VectorEqual => {
                ins.icmp(IntCC::Equal, a, b)
            }
            BinaryOp::NotEqual => ins.icmp(IntCC::NotEqual, a, b),
            BinaryOp::Less => ins.icmp(IntCC::SignedLessThan, a, b),
            BinaryOp::LessEqual => ins.icmp(IntCC::SignedLessThanOrEqual, a, b),
            BinaryOp::Greater => ins.icmp(IntCC::SignedGreaterThan, a, b),
            BinaryOp::GreaterEqual => ins.icmp(IntCC::SignedGreaterThanOrEqual, a, b),
            BinaryOp::LessUnsigned => ins.icmp(IntCC::UnsignedLessThan, a, b),
            BinaryOp::LessEqualUnsigned => ins.icmp(IntCC::UnsignedLessThanOrEqual, a, b),
            BinaryOp::FloatAdd => ins.fadd(a, b),
            BinaryOp::FloatSubtract => ins.fsub(a, b),
            BinaryOp::FloatMultiply => ins.fmul(a, b),
            BinaryOp::FloatDivide => ins.fdiv(a, b),
            BinaryOp::FloatEqual => ins.fcmp(FloatCC::Equal, a, b),
            BinaryOp::FloatLess => ins.fcmp(FloatCC::LessThan, a, b),
            BinaryOp::FloatLessEqual => ins.fcmp(FloatCC::LessThanOrEqual, a, b),
            BinaryOp::VectorSubtractSaturating => ins.usub_sat(a, b),
            BinaryOp::VectorGreater => ins.icmp(IntCC::UnsignedGreaterThan, a, b),
            BinaryOp::VectorLookup if byte_shuffle => ins.x86_pshufb(a, b),
            BinaryOp::VectorLookup => ins.swizzle(a, b),
        }
    }

    pub fn unary(&mut self, op: UnaryOp, a: Value) -> machine::Value {
        let a = self.get(a);
        let object = self.memory.object;
        let ins = self.builder.ins();
        match op {
            UnaryOp::Negate => ins.ineg(a),
            UnaryOp::BitNot => ins.bnot(a),
            UnaryOp::CountOnes => ins.popcnt(a),
            UnaryOp::LeadingZeros => ins.clz(a),
            UnaryOp::TrailingZeros => ins.ctz(a),
            UnaryOp::SwapBytes => ins.bswap(a),
            UnaryOp::FloatNegate => ins.fneg(a),
            UnaryOp::FloatSqrt => ins.sqrt(a),
            UnaryOp::FloatFloor => ins.floor(a),
            UnaryOp::FloatCeil => ins.ceil(a),
            UnaryOp::FloatTruncate => ins.trunc(a),
            UnaryOp::IntToFloat => ins.fcvt_from_sint(types::F64, a),
            UnaryOp::FloatToInt => ins.fcvt_to_sint_sat(types::I64, a),
            UnaryOp::FloatBits => ins.bitcast(types::I64, MemFlagsData::new(), a),
            UnaryOp::FloatFromBits => ins.bitcast(types::F64, MemFlagsData::new(), a),
            UnaryOp::BoolNot => ins.bxor_imm_u(a, 1),
            UnaryOp::BoolToInt => ins.uextend(types::I64, a),
            UnaryOp::IntToBool | UnaryOp::IsImmediate => {
                let low = ins.ireduce(types::I8, a);
                self.builder.ins().band_imm_u(low, 1)
            }
            UnaryOp::IsNull => ins.icmp_imm_s(IntCC::Equal, a, 0),
            UnaryOp::ImmediateTag => ins.ushr_imm_u(a, 1),
            // The tag is two whole bytes of the header.
            UnaryOp::HeaderTag => ins.uload16(types::I64, object, a, abi::TAG_SHIFT as i32 / 8),
            UnaryOp::VectorSplat => {
                let low = ins.ireduce(types::I8, a);
                self.builder.ins().splat(types::I8X16, low)
            }
            UnaryOp::VectorAnyTrue => ins.vany_true(a),
            UnaryOp::VectorHighBits => {
                let mask = ins.vhigh_bits(types::I32, a);
                self.builder.ins().uextend(types::I64, mask)
            }
        }
    }

    pub fn vector_constant(&mut self, bytes: [u8; 16]) -> machine::Value {
        let constant = self.builder.func.dfg.constants.insert(ConstantData::from(&bytes[..]));
        self.builder.ins().vconst(types::I8X16, constant)
    }

    /// The last `count` bytes of `a`, then the first of `b`.
    pub fn vector_align(&mut self, a: Value, b: Value, count: u8) -> machine::Value {
        let lanes: Vec<u8> = (0..16).map(|lane| 16 - count + lane).collect();
        let mask = self.builder.func.dfg.immediates.push(ConstantData::from(lanes));
        let (a, b) = (self.get(a), self.get(b));
        self.builder.ins().shuffle(a, b, mask)
    }
}
