//! Caches that outlive a proof: in memory, and in a folder.

use super::{CheckpointCache, CheckpointRef, Leaf};
use crate::checkpoint::BlockRange;
use alloc::{collections::BTreeMap, format, vec::Vec};
use alloy_primitives::B256;
use std::{
    fs, io,
    path::{Path, PathBuf},
    process,
    sync::{Mutex, PoisonError},
};

/// Keeps the leaves of so many checkpoints in memory, those of the highest blocks.
#[derive(Debug)]
pub struct MemoryCache {
    checkpoints: usize,
    kept: Mutex<BTreeMap<(BlockRange, B256), Vec<Leaf>>>,
}

impl MemoryCache {
    /// Room for this many checkpoints; one of 1,024 blocks takes 80 KiB.
    #[must_use]
    pub const fn new(checkpoints: usize) -> Self {
        Self { checkpoints, kept: Mutex::new(BTreeMap::new()) }
    }
}

impl CheckpointCache for MemoryCache {
    fn load(&self, checkpoint: &CheckpointRef) -> Option<Vec<Leaf>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&(checkpoint.range, checkpoint.root)).cloned()
    }

    fn store(&self, checkpoint: &CheckpointRef, leaves: &[Leaf]) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert((checkpoint.range, checkpoint.root), leaves.to_vec());
        if kept.len() > self.checkpoints {
            kept.pop_first();
        }
    }
}

/// Keeps leaves in a folder, a file for each checkpoint: `start-end-root.leaves`, 80 bytes a leaf (number, time, both
/// roots; integers big-endian).
#[derive(Clone, Debug)]
pub struct FileCache {
    folder: PathBuf,
}

const LEAF: usize = 80;

impl FileCache {
    /// The cache in this folder, which is made if it is not there.
    ///
    /// # Errors
    /// What the file system says.
    pub fn open(folder: impl AsRef<Path>) -> io::Result<Self> {
        let folder = folder.as_ref().to_path_buf();
        fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    fn file(&self, checkpoint: &CheckpointRef) -> PathBuf {
        let (range, root) = (checkpoint.range, checkpoint.root);
        self.folder.join(format!("{}-{}-{root:x}.leaves", range.start(), range.end()))
    }
}

impl CheckpointCache for FileCache {
    fn load(&self, checkpoint: &CheckpointRef) -> Option<Vec<Leaf>> {
        let file = self.file(checkpoint);
        let expected = checkpoint.range.blocks().checked_mul(u64::try_from(LEAF).ok()?)?;
        // Not even opened when it cannot be right.
        if fs::metadata(&file).ok()?.len() != expected {
            return None;
        }
        fs::read(file).ok()?.chunks_exact(LEAF).map(read).collect()
    }

    fn store(&self, checkpoint: &CheckpointRef, leaves: &[Leaf]) {
        let file = self.file(checkpoint);
        let part = file.with_extension(format!("part-{}", process::id()));
        let bytes: Vec<u8> = leaves.iter().flat_map(write).collect();
        // Whole or not at all.
        if fs::write(&part, bytes).and_then(|()| fs::rename(&part, file)).is_err() {
            let _ = fs::remove_file(part);
        }
    }
}

fn write(leaf: &Leaf) -> Vec<u8> {
    let (number, time) = (leaf.number.to_be_bytes(), leaf.time.to_be_bytes());
    [&number[..], &time, leaf.transactions_root.as_slice(), leaf.receipts_root.as_slice()].concat()
}

fn read(bytes: &[u8]) -> Option<Leaf> {
    let (number, rest) = bytes.split_first_chunk()?;
    let (time, rest) = rest.split_first_chunk()?;
    let (transactions_root, receipts_root) = rest.split_at_checked(32)?;
    Some(Leaf {
        number: u64::from_be_bytes(*number),
        time: u64::from_be_bytes(*time),
        transactions_root: B256::try_from(transactions_root).ok()?,
        receipts_root: B256::try_from(receipts_root).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpoint::BlockRange;
    use alloc::vec;
    use alloy_primitives::{B256, U256};
    use bttc_core::id::HeaderBlockId;
    use std::{env, fs, process};

    fn checkpoint(last: u64) -> (CheckpointRef, Vec<Leaf>) {
        let leaf = |number| Leaf {
            number,
            time: 2 * number,
            transactions_root: B256::repeat_byte(1),
            receipts_root: B256::repeat_byte(2),
        };
        let range = BlockRange::new(4, last).unwrap();
        let id = HeaderBlockId::new(U256::from(10_000));
        (CheckpointRef { id, range, root: B256::repeat_byte(9) }, (4..=last).map(leaf).collect())
    }

    #[test]
    fn a_folder_gives_back_what_was_stored_and_nothing_that_was_cut() {
        let folder = env::temp_dir().join(format!("bttc-leaves-{}", process::id()));
        let cache = FileCache::open(&folder).unwrap();
        let (checkpoint, leaves) = checkpoint(7);
        assert_eq!(cache.load(&checkpoint), None);
        cache.store(&checkpoint, &leaves);
        assert_eq!(cache.load(&checkpoint), Some(leaves));
        let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
        assert_eq!(files.len(), 1);
        fs::write(&files[0], vec![0; 319]).unwrap();
        assert_eq!(cache.load(&checkpoint), None);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn memory_keeps_the_highest_blocks() {
        let cache = MemoryCache::new(1);
        let (low, leaves) = checkpoint(7);
        cache.store(&low, &leaves);
        assert_eq!(cache.load(&low), Some(leaves));
        let (high, leaves) = checkpoint(8);
        cache.store(&high, &leaves);
        assert_eq!((cache.load(&low), cache.load(&high)), (None, Some(leaves)));
    }
}
