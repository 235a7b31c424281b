//! The files to read below the paths a user names.

use crate::file::VectorFile;
use alloc::collections::BTreeSet;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// What stands below the paths.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Files of vectors, each once, in order of the names below each path.
    pub(crate) files: Vec<PathBuf>,
    /// Paths that could not be looked at.
    pub(crate) errors: Vec<(PathBuf, io::Error)>,
}

/// Looks below every path. Links are followed, but no folder is entered and no file taken twice.
pub(crate) fn walk(paths: &[PathBuf]) -> Found {
    let mut found = Found::default();
    let mut seen = BTreeSet::new();
    // The next path to look at is the last.
    let mut todo: Vec<_> = paths.iter().rev().map(|path| (path.clone(), Origin::Named)).collect();
    while let Some((path, origin)) = todo.pop() {
        match look(&path, origin, &mut seen) {
            Ok(Some(below)) => todo.extend(below.into_iter().rev().map(|path| (path, Origin::Below))),
            Ok(None) => found.files.push(path),
            Err(Skip::Known) => {}
            Err(Skip::Broken(error)) => found.errors.push((path, error)),
        }
    }
    found
}

/// How a path came up.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Named,
    Below,
}

enum Skip {
    /// Of no interest, or looked at before.
    Known,
    Broken(io::Error),
}

impl From<io::Error> for Skip {
    fn from(error: io::Error) -> Self {
        Self::Broken(error)
    }
}

/// What stands in a folder, in order; `None` for a file of vectors.
fn look(path: &Path, origin: Origin, seen: &mut BTreeSet<PathBuf>) -> Result<Option<Vec<PathBuf>>, Skip> {
    let real = match fs::canonicalize(path) {
        Ok(real) => real,
        // A link to nowhere, as editors leave them to lock a file.
        Err(error)
            if origin == Origin::Below
                && !VectorFile::has_name(path)
                && error.kind() != io::ErrorKind::PermissionDenied =>
        {
            return Err(Skip::Known);
        }
        Err(error) => return Err(error.into()),
    };
    let folder = fs::metadata(&real)?.is_dir();
    if !folder && !VectorFile::has_name(path) || !seen.insert(real) {
        return Err(Skip::Known);
    }
    if !folder {
        return Ok(None);
    }
    let mut below = fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    below.sort();
    Ok(Some(below))
}
