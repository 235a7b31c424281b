//! Where the files come from.

use flate2::read::GzDecoder;
use std::{
    fs::{self, File},
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
};

/// A folder or archive cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{}: {error}", path.display())]
pub struct SourceError {
    path: PathBuf,
    error: io::Error,
}

/// Shows every `.json` file below a folder (in order of names), in a `.tar.gz` archive (in its order), or the one file
/// that the path names: its path, then its bytes.
///
/// # Errors
/// [`SourceError`] for the first thing that cannot be read.
pub fn visit(path: &Path, seen: &mut dyn FnMut(&Path, &[u8])) -> Result<(), SourceError> {
    let result = if path.is_dir() {
        return visit_folder(path, seen);
    } else if path.extension().is_some_and(|extension| extension == "gz") {
        visit_archive(path, seen)
    } else {
        fs::read(path).map(|bytes| seen(path, &bytes))
    };
    result.map_err(|error| at(path, error))
}

fn visit_folder(folder: &Path, seen: &mut dyn FnMut(&Path, &[u8])) -> Result<(), SourceError> {
    let entries = fs::read_dir(folder).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
    let entries = entries.map_err(|error| at(folder, error))?;
    let mut paths: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().filter(|path| path.is_dir() || is_json(path)).try_for_each(|path| visit(path, seen))
}

fn visit_archive(path: &Path, seen: &mut dyn FnMut(&Path, &[u8])) -> io::Result<()> {
    let mut archive = tar::Archive::new(GzDecoder::new(BufReader::new(File::open(path)?)));
    for entry in archive.entries()? {
        let mut entry = entry?;
        let name = entry.path()?.into_owned();
        if entry.header().entry_type().is_file() && is_json(&name) {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            seen(&name, &bytes);
        }
    }
    Ok(())
}

fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "json")
}

fn at(path: &Path, error: io::Error) -> SourceError {
    SourceError { path: path.into(), error }
}
