//! Files in one compressed piece, always the same for the same files. The program carries
//! its own content in this form; `build.rs` packs it with this very file.

use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

/// A path and what the file holds.
pub type Packed = (String, Vec<u8>);

/// What unpacks to more is no content of a book.
const MOST: usize = 256 << 20;

/// Packs files in the order of their paths.
pub fn pack(mut files: Vec<Packed>) -> Vec<u8> {
    files.sort();
    let mut all = Vec::new();
    for (path, bytes) in &files {
        for part in [path.as_bytes(), bytes] {
            all.extend((part.len() as u64).to_le_bytes());
            all.extend(part);
        }
    }
    compress_to_vec_zlib(&all, 6)
}

/// The files of a pack; `None` when it is none.
pub fn unpack(packed: &[u8]) -> Option<Vec<Packed>> {
    let all = decompress_to_vec_zlib_with_limit(packed, MOST).ok()?;
    let mut rest = all.as_slice();
    let mut files = Vec::new();
    while !rest.is_empty() {
        let path = String::from_utf8(part(&mut rest)?.to_vec()).ok()?;
        files.push((path, part(&mut rest)?.to_vec()));
    }
    Some(files)
}

/// The next part of an unpacked text.
fn part<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let (part, after) = after.split_at_checked(length)?;
    *rest = after;
    Some(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out_again() {
        let files: Vec<Packed> = [("b/ü.md", &b"text"[..]), ("a", &[0, 255]), ("c", &[])]
            .map(|(path, bytes)| (path.to_string(), bytes.to_vec()))
            .to_vec();
        let packed = pack(files.clone());
        let mut other = files.clone();
        other.reverse();
        assert_eq!(packed, pack(other));
        let mut sorted = files;
        sorted.sort();
        assert_eq!(unpack(&packed), Some(sorted));
        assert_eq!(unpack(&packed[..packed.len() - 8]), None);
    }
}
