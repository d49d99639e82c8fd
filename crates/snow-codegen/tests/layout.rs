//! The lowering may not see the runtime: here their descriptions of objects meet.

use snow_abi::{self as abi, Kind};
use snow_ir::ir::Class;
use snow_ir::layout;

#[test]
fn the_lowering_and_the_runtime_agree_on_layouts() {
    for (tag, words, references) in [(0, 0, 0), (3, 2, 1), (abi::MAX_TAG, abi::MAX_WORDS, abi::MAX_WORDS)] {
        for (kind, number) in [(Kind::Fixed, layout::FIXED), (Kind::Closure, layout::CLOSURE)] {
            let wanted = abi::header(kind, tag, words, references);
            assert_eq!(layout::header(number, tag, words, references), wanted);
        }
    }
    assert_eq!((layout::RAW_ARRAY, layout::REFERENCE_ARRAY), (Kind::RawArray as u64, Kind::RefArray as u64));
    assert_eq!((layout::MAX_TAG, layout::MAX_WORDS), (abi::MAX_TAG, abi::MAX_WORDS));
    assert_eq!(layout::BYTES_LENGTH, abi::bytes::LENGTH);
    assert_eq!(layout::BUFFER_CAPACITY, abi::bytes::DATA);
    assert_eq!(
        (layout::ARRAY_CAPACITY, layout::ARRAY_FRONT, layout::ARRAY_BACK),
        (abi::array::CAPACITY, abi::array::FRONT, abi::array::BACK)
    );
    assert_eq!(layout::RECORD_OUT, [abi::record::OUT_0, abi::record::OUT_1, abi::record::OUT_2]);
    assert_eq!(layout::RECORD_SELF_PID, abi::record::SELF_PID);
    assert_eq!((layout::ADAPTER_TO, layout::ADAPTER_FUNCTION), (abi::adapter::TO, abi::adapter::FUNCTION));
    assert_eq!(
        (layout::ADAPTED_ADAPTER, layout::ADAPTED_PARCEL, layout::PARCEL_MESSAGE),
        (abi::adapted::ADAPTER, abi::adapted::PARCEL, abi::parcel::MESSAGE)
    );
    assert_eq!(layout::MESSAGE_TYPE_WORDS, abi::message_type::WORDS as usize);
    assert_eq!((abi::message_type::NAME, abi::message_type::DECLARED), (1, 2));
    let fields = [Class::Int, Class::Ref, Class::Bool, Class::Ref];
    let fixed = layout::Layout::fixed(&fields);
    assert_eq!(fixed.words, [3, 1, 4, 2]);
    assert_eq!(fixed.fixed_header(5), abi::header(Kind::Fixed, 5, 4, 2));
    assert_eq!(layout::Layout::closure(&fields).closure_header(), abi::header(Kind::Closure, 0, 5, 2));
}
