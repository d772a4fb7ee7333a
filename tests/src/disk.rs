//! A disk that is small enough to be filled.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

/// A tmpfs, unmounted when dropped.
pub struct SmallDisk {
    mount: PathBuf,
}

impl SmallDisk {
    /// Mounts an empty disk of `mebibytes` at `mount`; `None` where this user may not mount.
    pub fn mount(mount: &Path, mebibytes: u32) -> Option<Self> {
        fs::create_dir_all(mount).expect("mount point");
        let options = format!("size={mebibytes}m,mode=0700");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tingjian-test"]).arg(mount).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| Self { mount: mount.to_owned() })
    }

    /// Writes until not one byte more fits.
    pub fn fill(&self) {
        let mut file = File::options().create(true).append(true).open(self.ballast()).expect("ballast");
        for size in [1 << 20, 1 << 12, 1] {
            let piece = vec![b'.'; size];
            while file.write_all(&piece).is_ok() {}
        }
    }

    /// Makes room again.
    pub fn free(&self) {
        fs::remove_file(self.ballast()).expect("ballast");
    }

    fn ballast(&self) -> PathBuf {
        self.mount.join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a server that is being killed may hold files a moment longer.
        let unmounted = Command::new("umount").arg("-l").arg(&self.mount).status();
        if !unmounted.is_ok_and(|status| status.success()) {
            eprintln!("cannot unmount {}", self.mount.display());
        }
    }
}
