//! An image behind an executable: `executable bytes, image, length of the image, mark`.

use crate::image::Image;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// The last bytes of an executable that carries an image. Other numbers mark other formats of it.
const MARK: &[u8; 16] = b"snow image 0001\n";
const TRAILER: usize = 8 + MARK.len();

/// Tells an executable that was made to carry an image from the compiler, also when the image has been cut off, as
/// `strip` does. The first byte is a capital in one that carries an image.
#[used]
static ROLE: [u8; 32] = *b"snow role of this executable \x01\x02\x03";

/// Was this executable made to carry an image?
pub fn should_carry_image() -> bool {
    // SAFETY: a byte of a static. It is read anew: another one may stand in the file than was compiled.
    unsafe { std::ptr::read_volatile(&raw const ROLE[0]) == b'S' }
}

/// The image as bytes.
fn encode(image: &Image) -> Vec<u8> {
    postcard::to_stdvec(image).expect("every image can be encoded")
}

/// `None` when these bytes are not an image.
fn decode(bytes: &[u8]) -> Option<Image> {
    postcard::from_bytes(bytes).ok()
}

/// The executable, which shall find the image in itself when it starts. One that it already has is dropped.
pub fn append_to_executable(mut executable: Vec<u8>, image: &Image) -> Vec<u8> {
    if let Some(length) = image_length(&executable) {
        executable.truncate(executable.len() - TRAILER - length);
    }
    let role = std::hint::black_box(ROLE);
    if let Some(at) = executable.windows(role.len()).position(|bytes| bytes == role) {
        executable[at] = b'S';
    }
    let encoded = encode(image);
    executable.extend_from_slice(&encoded);
    executable.extend_from_slice(&(encoded.len() as u64).to_le_bytes());
    executable.extend_from_slice(MARK);
    executable
}

/// The image that the running executable carries.
pub fn find_in_current_executable() -> Option<Image> {
    let mut file = File::open(std::env::current_exe().ok()?).ok()?;
    let bytes = read_image(&mut file).ok()??;
    decode(&bytes)
}

fn read_image(file: &mut (impl Read + Seek)) -> io::Result<Option<Vec<u8>>> {
    let size = file.seek(SeekFrom::End(0))?;
    if size < TRAILER as u64 {
        return Ok(None);
    }
    let mut trailer = [0; TRAILER];
    file.seek(SeekFrom::Start(size - TRAILER as u64))?;
    file.read_exact(&mut trailer)?;
    let Some(length) = marked_length(&trailer) else { return Ok(None) };
    let Some(start) = (size - TRAILER as u64).checked_sub(length) else { return Ok(None) };
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = vec![0; length as usize];
    file.read_exact(&mut bytes)?;
    Ok(Some(bytes))
}

fn image_length(executable: &[u8]) -> Option<usize> {
    let trailer = executable.get(executable.len().checked_sub(TRAILER)?..)?;
    let length = usize::try_from(marked_length(trailer)?).ok()?;
    (length <= executable.len() - TRAILER).then_some(length)
}

fn marked_length(trailer: &[u8]) -> Option<u64> {
    let (length, mark) = trailer.split_first_chunk::<8>()?;
    (mark == MARK).then(|| u64::from_le_bytes(*length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn an_appended_image_is_found_again() {
        let image = Image { code: vec![1, 2, 3], files: vec!["a.snow".into()], ..Image::default() };
        let once = append_to_executable(b"program".to_vec(), &image);
        assert!(once.starts_with(b"program"));
        let found = decode(&read_image(&mut Cursor::new(&once)).unwrap().unwrap()).unwrap();
        assert_eq!((found.code, found.files), (image.code.clone(), image.files.clone()));
        assert_eq!(
            append_to_executable(once.clone(), &image),
            once,
            "a second image takes the place of the first"
        );
    }

    #[test]
    fn other_executables_have_none() {
        assert!(read_image(&mut Cursor::new(b"short")).unwrap().is_none());
        assert!(read_image(&mut Cursor::new([7; 100])).unwrap().is_none());
        let mut lying = u64::MAX.to_le_bytes().to_vec();
        lying.extend_from_slice(MARK);
        assert!(read_image(&mut Cursor::new(lying)).unwrap().is_none());
    }
}
