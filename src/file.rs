//! Files of our own, whatever has come into their place: a pipe is not waited for, and a device not read
//! without end.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// Opens a file to read it. A pipe that nobody writes to is empty.
///
/// # Errors
/// It is not there, or cannot be read.
pub fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    without_waiting(options.read(true)).open(path)
}

/// Reads a file of at most so many bytes in place of what `bytes` holds. Its size is not asked for: with
/// small files that costs as much as the reading.
///
/// # Errors
/// It is not there, cannot be read, or is longer: [`ErrorKind::InvalidData`].
pub fn read_into(path: &Path, most: usize, bytes: &mut Vec<u8>) -> io::Result<()> {
    bytes.clear();
    open(path)?.take(most as u64 + 1).read_to_end(bytes)?;
    match bytes.len() > most {
        true => {
            Err(io::Error::new(ErrorKind::InvalidData, format!("it is longer than {most} bytes")))
        }
        false => Ok(()),
    }
}

/// Reads a text of at most so many bytes.
///
/// # Errors
/// As [`read_into`]; what is no UTF-8 is [`ErrorKind::InvalidData`], too.
pub fn read_text(path: &Path, most: usize) -> io::Result<String> {
    let mut bytes = Vec::new();
    read_into(path, most, &mut bytes)?;
    String::from_utf8(bytes).map_err(|_| io::Error::new(ErrorKind::InvalidData, "it is no text"))
}

/// Opening a pipe waits for its other end, unless one says otherwise; of a file it makes no difference.
pub fn without_waiting(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    if let Ok(flag) = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()) {
        std::os::unix::fs::OpenOptionsExt::custom_flags(options, flag);
    }
    options
}
