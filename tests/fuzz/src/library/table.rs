//! The table: a function and its type on each line. `call` says what each does.

pub const TABLE: &str = "
Int.band(Int, Int) -> Int
Int.bor(Int, Int) -> Int
Int.bxor(Int, Int) -> Int
Int.bnot(Int) -> Int
Int.shl(Int, Int) -> Int
Int.shr(Int, Int) -> Int
Int.shr_unsigned(Int, Int) -> Int
Int.rotate_left(Int, Int) -> Int
Int.count_ones(Int) -> Int
Int.leading_zeros(Int) -> Int
Int.trailing_zeros(Int) -> Int
Int.swap_bytes(Int) -> Int
Int.less_unsigned(Int, Int) -> Bool
Int.to_float(Int) -> Float
Int.min(Int, Int) -> Int
Int.max(Int, Int) -> Int
Int.clamp(Int, Int, Int) -> Int
Float.to_int(Float) -> Int
Float.from_int(Int) -> Float
Float.to_bits(Float) -> Int
Float.from_bits(Int) -> Float
Float.is_nan(Float) -> Bool
Bool.to_int(Bool) -> Int
Math.sqrt(Float) -> Float
Math.floor(Float) -> Int
Math.ceil(Float) -> Int
Math.round(Float) -> Int
Math.min(a, a) -> a where a: Ord
Math.max(a, a) -> a where a: Ord
compare(a, a) -> Ordering where a: Ord
to_string(a) -> String where a: Display
inspect(a) -> String where a: Debug
hash(a) -> Int where a: Hash
panic(String) -> Never
String.length(String) -> Int
String.is_empty(String) -> Bool
String.to_bytes(String) -> Bytes
String.from_utf8(Bytes) -> Option<String>
String.concat(String, String) -> String
String.slice(String, Int, Int) -> String
String.contains(String, String) -> Bool
String.starts_with(String, String) -> Bool
String.ends_with(String, String) -> Bool
String.trim(String) -> String
String.to_upper(String) -> String
String.to_lower(String) -> String
String.replace(String, String, String) -> String
String.split(String, String) -> List<String>
String.split_once(String, String) -> Option<(String, String)>
String.join(List<String>, String) -> String
String.repeat(String, Int) -> String
String.to_int(String) -> Option<Int>
String.to_float(String) -> Option<Float>
List.length(List<a>) -> Int
List.is_empty(List<a>) -> Bool
List.get(List<a>, Int) -> a
List.nth(List<a>, Int) -> a
List.head(List<a>) -> a
List.last(List<a>) -> a
List.tail(List<a>) -> List<a>
List.append(List<a>, a) -> List<a>
List.prepend(List<a>, a) -> List<a>
List.concat(List<a>, List<a>) -> List<a>
List.take(List<a>, Int) -> List<a>
List.drop(List<a>, Int) -> List<a>
List.reverse(List<a>) -> List<a>
List.map(List<a>, Fun(a) -> b) -> List<b>
List.filter(List<a>, Fun(a) -> Bool) -> List<a>
List.reduce(List<a>, b, Fun(b, a) -> b) -> b
List.each(List<a>, Fun(a) -> b) -> ()
List.flat_map(List<a>, Fun(a) -> List<b>) -> List<b>
List.flatten(List<List<a>>) -> List<a>
List.enumerate(List<a>) -> List<(Int, a)>
List.zip(List<a>, List<b>) -> List<(a, b)>
List.find(List<a>, Fun(a) -> Bool) -> Option<a>
List.position(List<a>, Fun(a) -> Bool) -> Option<Int>
List.any(List<a>, Fun(a) -> Bool) -> Bool
List.all(List<a>, Fun(a) -> Bool) -> Bool
List.contains(List<a>, a) -> Bool where a: Eq
List.sort(List<a>, Fun(a, a) -> Int) -> List<a>
Option.is_some(Option<a>) -> Bool
Option.is_none(Option<a>) -> Bool
Option.map(Option<a>, Fun(a) -> b) -> Option<b>
Option.and_then(Option<a>, Fun(a) -> Option<b>) -> Option<b>
Option.or_else(Option<a>, Option<a>) -> Option<a>
Option.unwrap_or(Option<a>, a) -> a
Option.expect(Option<a>, String) -> a
Option.ok_or(Option<a>, e) -> Result<a, e>
Result.is_ok(Result<a, e>) -> Bool
Result.is_err(Result<a, e>) -> Bool
Result.map(Result<a, e>, Fun(a) -> b) -> Result<b, e>
Result.map_err(Result<a, e>, Fun(e) -> b) -> Result<a, b>
Result.and_then(Result<a, e>, Fun(a) -> Result<b, e>) -> Result<b, e>
Result.unwrap_or(Result<a, e>, a) -> a
Result.expect(Result<a, e>, String) -> a
Result.to_option(Result<a, e>) -> Option<a>
Tuple.first((a, b)) -> a
Tuple.second((a, b)) -> b
Range.new(Int, Int) -> Range
Range.length(Range) -> Int
Range.contains(Range, Int) -> Bool
Range.to_list(Range) -> List<Int>
Range.map(Range, Fun(Int) -> a) -> List<a>
Range.filter(Range, Fun(Int) -> Bool) -> List<Int>
Map.size(Map<k, v>) -> Int
Map.is_empty(Map<k, v>) -> Bool
Map.put(Map<k, v>, k, v) -> Map<k, v> where k: Hash, k: Eq
Map.get(Map<k, v>, k) -> v where k: Hash, k: Eq
Map.find(Map<k, v>, k) -> Option<v> where k: Hash, k: Eq
Map.has_key(Map<k, v>, k) -> Bool where k: Hash, k: Eq
Map.delete(Map<k, v>, k) -> Map<k, v> where k: Hash, k: Eq
Map.keys(Map<k, v>) -> List<k>
Map.values(Map<k, v>) -> List<v>
Map.to_list(Map<k, v>) -> List<(k, v)>
Map.from_list(List<(k, v)>) -> Map<k, v> where k: Hash, k: Eq
Map.merge(Map<k, v>, Map<k, v>) -> Map<k, v> where k: Hash, k: Eq
Set.size(Set<a>) -> Int
Set.contains(Set<a>, a) -> Bool where a: Hash, a: Eq
Set.add(Set<a>, a) -> Set<a> where a: Hash, a: Eq
Set.remove(Set<a>, a) -> Set<a> where a: Hash, a: Eq
Set.union(Set<a>, Set<a>) -> Set<a> where a: Hash, a: Eq
Set.intersection(Set<a>, Set<a>) -> Set<a> where a: Hash, a: Eq
Set.difference(Set<a>, Set<a>) -> Set<a> where a: Hash, a: Eq
Set.to_list(Set<a>) -> List<a>
Set.from_list(List<a>) -> Set<a> where a: Hash, a: Eq
Cell.new(a) -> Cell<a>
Cell.get(Cell<a>) -> a
Cell.set(Cell<a>, a) -> ()
Bytes.empty() -> Bytes
Bytes.length(Bytes) -> Int
Bytes.get(Bytes, Int) -> Int
Bytes.u16(Bytes, Int) -> Int
Bytes.u16_be(Bytes, Int) -> Int
Bytes.u32(Bytes, Int) -> Int
Bytes.u32_be(Bytes, Int) -> Int
Bytes.u64(Bytes, Int) -> Int
Bytes.u64_be(Bytes, Int) -> Int
Bytes.slice(Bytes, Int, Int) -> Bytes
Bytes.concat(Bytes, Bytes) -> Bytes
Bytes.join(List<Bytes>) -> Bytes
Bytes.find(Bytes, Bytes, Int) -> Option<Int>
Bytes.repeat(Int, Int) -> Bytes
Bytes.to_list(Bytes) -> List<Int>
Bytes.from_list(List<Int>) -> Bytes
Buffer.new(Int) -> Buffer
Buffer.from_bytes(Bytes) -> Buffer
Buffer.length(Buffer) -> Int
Buffer.reserve(Buffer, Int) -> ()
Buffer.clear(Buffer) -> ()
Buffer.truncate(Buffer, Int) -> ()
Buffer.consume(Buffer, Int) -> ()
Buffer.shrink(Buffer) -> ()
Buffer.append(Buffer, Bytes) -> ()
Buffer.append_string(Buffer, String) -> ()
Buffer.append_buffer(Buffer, Buffer, Int, Int) -> ()
Buffer.append_u8(Buffer, Int) -> ()
Buffer.append_u16_be(Buffer, Int) -> ()
Buffer.append_u32_be(Buffer, Int) -> ()
Buffer.append_u64_be(Buffer, Int) -> ()
Buffer.freeze(Buffer, Int, Int) -> Bytes
Buffer.take_all(Buffer) -> Bytes
Buffer.copy(Buffer, Int, Int) -> Bytes
Buffer.get(Buffer, Int) -> Int
Buffer.u16(Buffer, Int) -> Int
Buffer.u16_be(Buffer, Int) -> Int
Buffer.u32(Buffer, Int) -> Int
Buffer.u32_be(Buffer, Int) -> Int
Buffer.u64(Buffer, Int) -> Int
Buffer.u64_be(Buffer, Int) -> Int
Buffer.set(Buffer, Int, Int) -> ()
Buffer.set_u16(Buffer, Int, Int) -> ()
Buffer.set_u16_be(Buffer, Int, Int) -> ()
Buffer.set_u32(Buffer, Int, Int) -> ()
Buffer.set_u32_be(Buffer, Int, Int) -> ()
Buffer.set_u64(Buffer, Int, Int) -> ()
Buffer.set_u64_be(Buffer, Int, Int) -> ()
U8x16.load(Buffer, Int) -> Vector
U8x16.load_bytes(Bytes, Int) -> Vector
U8x16.store(Buffer, Int, Vector) -> ()
U8x16.splat(Int) -> Vector
U8x16.band(Vector, Vector) -> Vector
U8x16.bor(Vector, Vector) -> Vector
U8x16.bxor(Vector, Vector) -> Vector
U8x16.add(Vector, Vector) -> Vector
U8x16.sub(Vector, Vector) -> Vector
U8x16.sub_saturating(Vector, Vector) -> Vector
U8x16.equal(Vector, Vector) -> Vector
U8x16.greater(Vector, Vector) -> Vector
U8x16.high_nibbles(Vector) -> Vector
U8x16.low_nibbles(Vector) -> Vector
U8x16.lookup(Vector, Vector) -> Vector
U8x16.predecessors(Vector, Vector) -> Vector
U8x16.predecessors_2(Vector, Vector) -> Vector
U8x16.predecessors_3(Vector, Vector) -> Vector
U8x16.any(Vector) -> Bool
U8x16.high_bits(Vector) -> Int
";
