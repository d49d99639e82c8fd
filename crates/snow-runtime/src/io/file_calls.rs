//! What each call on files and folders does.

use super::files::Outcome;
use crate::abi::FileOperation;
use std::fs::{self, DirBuilder, File, FileType, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// A call that has not been made.
#[derive(Clone)]
pub struct Call {
    pub operation: FileOperation,
    pub path: String,
    /// What is written, the other path, or which part is read.
    pub argument: Vec<u8>,
}

impl Call {
    /// Makes it. Paths that come back are UTF-8, or bytes as the system has them.
    pub fn make(&self) -> Outcome {
        let path = Path::new(&self.path);
        let argument = &self.argument[..];
        let done = match self.operation {
            FileOperation::ReadAll => read_all(path),
            FileOperation::ReadPart => read_part(path, argument),
            FileOperation::Write => {
                write(OpenOptions::new().write(true).create(true).truncate(true), path, argument)
            }
            FileOperation::WriteNew => write(OpenOptions::new().write(true).create_new(true), path, argument),
            FileOperation::MakePrivateFile => {
                write(OpenOptions::new().write(true).create_new(true).mode(0o600), path, b"")
            }
            FileOperation::Append => write(OpenOptions::new().append(true).create(true), path, argument),
            FileOperation::Replace => replace(path, argument),
            FileOperation::Delete => fs::remove_file(path).map(nothing),
            FileOperation::Inspect => fs::metadata(path).and_then(|found| described(&found)),
            FileOperation::InspectLink => fs::symlink_metadata(path).and_then(|found| described(&found)),
            FileOperation::ListFolder => list(path),
            FileOperation::MakeFolder => fs::create_dir(path).map(nothing),
            FileOperation::MakePrivateFolder => DirBuilder::new().mode(0o700).create(path).map(nothing),
            FileOperation::MakeFolders => fs::create_dir_all(path).map(nothing),
            FileOperation::DeleteFolder => fs::remove_dir(path).map(nothing),
            FileOperation::DeleteTree => fs::remove_dir_all(path).map(nothing),
            FileOperation::Rename => other(argument).and_then(|to| fs::rename(path, to)).map(nothing),
            FileOperation::Copy => other(argument).and_then(|to| copy(path, &to)).map(nothing),
            FileOperation::ReadLink => fs::read_link(path).map(bytes_of),
            FileOperation::Canonical => fs::canonicalize(path).map(bytes_of),
            FileOperation::CurrentFolder => std::env::current_dir().map(bytes_of),
            FileOperation::TemporaryFolder => Ok(bytes_of(std::env::temp_dir())),
        };
        done.map_err(|error| (number(&error), error.to_string()))
    }
}

/// The system's number of an error, whoever found it.
fn number(error: &io::Error) -> i32 {
    error.raw_os_error().unwrap_or(match error.kind() {
        ErrorKind::NotFound => libc::ENOENT,
        ErrorKind::PermissionDenied => libc::EACCES,
        ErrorKind::AlreadyExists => libc::EEXIST,
        ErrorKind::OutOfMemory => libc::ENOMEM,
        ErrorKind::InvalidInput => libc::EINVAL,
        _ => libc::EIO,
    })
}

fn nothing<T>(_: T) -> Vec<u8> {
    Vec::new()
}

fn bytes_of(path: PathBuf) -> Vec<u8> {
    path.into_os_string().as_bytes().to_vec()
}

fn other(argument: &[u8]) -> io::Result<PathBuf> {
    Ok(PathBuf::from(std::ffi::OsStr::from_bytes(argument)))
}

/// A regular file to be read. Reading a pipe or a device might never end, and opening a pipe waits for its other end.
fn open(path: &Path) -> io::Result<(File, Metadata)> {
    let file = OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path)?;
    let found = file.metadata()?;
    if found.is_dir() {
        return Err(io::Error::from_raw_os_error(libc::EISDIR));
    }
    if !found.is_file() {
        return Err(io::Error::new(ErrorKind::InvalidInput, "this is no regular file"));
    }
    Ok((file, found))
}

fn read_all(path: &Path) -> io::Result<Vec<u8>> {
    let (mut file, found) = open(path)?;
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(usize::try_from(found.len()).unwrap_or(usize::MAX))?;
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The argument is where the part begins and how long it may be, in eight bytes each, the greatest first.
fn read_part(path: &Path, argument: &[u8]) -> io::Result<Vec<u8>> {
    let word = |at: usize| argument.get(at..at + 8)?.try_into().ok().map(u64::from_be_bytes);
    let (Some(start), Some(length)) = (word(0), word(8)) else { return Err(ErrorKind::InvalidInput.into()) };
    let (mut file, found) = open(path)?;
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    let there = length.min(found.len().saturating_sub(start));
    bytes.try_reserve_exact(usize::try_from(there).unwrap_or(usize::MAX))?;
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A pipe that nobody reads is an error, and so is one that is full: either could hold up a thread for ever.
fn write(options: &mut OpenOptions, path: &Path, bytes: &[u8]) -> io::Result<Vec<u8>> {
    options.custom_flags(libc::O_NONBLOCK).open(path)?.write_all(bytes).map(nothing)
}

/// Whoever reads the file meanwhile sees what it was or what it will be, and so does who reads it after the machine has
/// lost its power. A link stays, and leads to the new file.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<Vec<u8>> {
    let path = match fs::canonicalize(path) {
        Ok(path) => path,
        Err(error) if error.kind() == ErrorKind::NotFound => path.to_path_buf(),
        Err(error) => return Err(error),
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().ok_or(io::Error::from(ErrorKind::InvalidInput))?;
    let permissions = fs::metadata(&path).map(|found| found.permissions().mode()).ok();
    // At no moment may more users read the new one than the old one.
    let (mut file, temporary) = beside(folder, name.as_bytes(), permissions.unwrap_or(0o666))?;
    let written = (|| {
        file.write_all(bytes)?;
        if let Some(mode) = permissions {
            file.set_permissions(fs::Permissions::from_mode(mode & 0o7777))?;
        }
        file.sync_all()?;
        fs::rename(&temporary, &path)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written?;
    // So that the name is kept, too. A file system that cannot do this keeps it in its own way.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(Vec::new())
}

/// A new file in a folder, whose name nothing has, with these permissions or fewer.
fn beside(folder: &Path, name: &[u8], mode: u32) -> io::Result<(File, PathBuf)> {
    let mut number = u64::from(std::process::id()) << 32;
    loop {
        let mut own = b".".to_vec();
        // A name may have 255 bytes.
        own.extend_from_slice(&name[..name.len().min(200)]);
        own.extend_from_slice(format!(".{number:x}.new").as_bytes());
        let path = folder.join(std::ffi::OsStr::from_bytes(&own));
        match OpenOptions::new().write(true).create_new(true).mode(mode & 0o777).open(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
            opened => return Ok((opened?, path)),
        }
    }
}

/// As `write` does. A file that is copied onto itself stays as it is.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let (mut source, found) = open(from)?;
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).custom_flags(libc::O_NONBLOCK).mode(found.mode());
    let mut target = options.open(to)?;
    let there = target.metadata()?;
    if (there.dev(), there.ino()) == (found.dev(), found.ino()) {
        return Ok(());
    }
    if there.is_file() {
        target.set_len(0)?;
        target.set_permissions(found.permissions())?;
    }
    io::copy(&mut source, &mut target).map(|_| ())
}

/// Of what kind it is (a byte), how many bytes it has, when it was changed, in milliseconds since 1970 (eight bytes
/// each), and what is permitted (four).
fn described(found: &Metadata) -> io::Result<Vec<u8>> {
    let changed = match found.modified()?.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |before| -before),
    };
    let mut bytes = vec![kind(found.file_type())];
    bytes.extend_from_slice(&found.len().to_be_bytes());
    bytes.extend_from_slice(&changed.to_be_bytes());
    bytes.extend_from_slice(&(found.mode() & 0o7777).to_be_bytes());
    Ok(bytes)
}

fn kind(found: FileType) -> u8 {
    if found.is_file() {
        0
    } else if found.is_dir() {
        1
    } else if found.is_symlink() {
        2
    } else {
        3
    }
}

/// Each entry: its kind (a byte), the length of its name (four bytes), the name. In the order of the names.
fn list(path: &Path) -> io::Result<Vec<u8>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        entries.push((entry.file_name(), kind(entry.file_type()?)));
    }
    entries.sort();
    let mut bytes = Vec::new();
    for (name, kind) in entries {
        bytes.push(kind);
        bytes.extend_from_slice(&(name.len() as u32).to_be_bytes());
        bytes.extend_from_slice(name.as_bytes());
    }
    Ok(bytes)
}
