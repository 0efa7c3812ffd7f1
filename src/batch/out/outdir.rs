//! The directory of a prepared batch: which of its files belong to predial, and the guarantee that
//! a file with a final name is whole.

#[cfg(unix)]
use std::fs::TryLockError;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use crate::batch::error::at;
use crate::batch::options::{FileId, OutputOptions};
use crate::batch::out::disk::sync_file_system;

use uuid::Uuid;

/// The file whose presence shows that all others are whole and on the disk.
pub(in crate::batch) const MANIFEST: &str = "manifest.json";
/// The rejected rows.
pub(in crate::batch) const REJECTS: &str = "rejects.ndjson";
/// The rejected rows in the format of the source, if that is a table.
pub(in crate::batch) const REJECT_TABLE: &str = "rejects.csv";
/// The same if the source is a workbook.
pub(in crate::batch) const REJECT_SHEET: &str = "rejects.xlsx";
/// Lists the bodies that are whole while the run is unfinished.
pub(in crate::batch) const JOURNAL: &str = "journal.ndjson";
/// The journal of the program that sends the bodies. What it lists may have called people.
pub(in crate::batch) const SENDING: &str = "sending.ndjson";
/// What that program makes of its journal.
const RESULTS_OF_SENDING: [&str; 4] = ["ids.csv", "ids.ndjson", "refused.csv", "refused.ndjson"];
/// The folder of the request bodies.
pub(in crate::batch) const BODIES: &str = "bodies";
/// The end of the name of a file that is still being written.
const PART: &str = ".part";
/// The beginning of the name of the folder in which the slices of a list are prepared.
const SLICES: &str = ".slices-";

/// Why a directory cannot be used.
#[derive(Debug)]
pub enum OutDirRefusal {
    /// It holds the manifest of an earlier run, whose bodies may have been sent.
    Prepared(PathBuf),
    /// It holds the journal of what was sent, and must not be prepared anew.
    Sent(PathBuf),
    /// Another run uses it.
    Busy(PathBuf),
    /// Its unfinished run was a different one: the differences, in words.
    Differs(String),
    /// The source is a file that the run would remove or overwrite.
    Source,
    /// A file or folder of the directory is a symbolic link, whose target is not predial's.
    Link(PathBuf),
    /// The options don't fit: how, in words.
    Usage(String),
    /// It cannot be read or written.
    Io(io::Error),
}

impl From<io::Error> for OutDirRefusal {
    fn from(error: io::Error) -> Self {
        OutDirRefusal::Io(error)
    }
}

/// What a run may remove that an earlier one has left.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::batch) struct Replaces {
    /// The files of a finished run.
    pub prepared: bool,
    /// The journal of what was sent.
    pub sent: bool,
}

impl Replaces {
    /// What the options allow.
    pub fn of(output: &OutputOptions) -> Self {
        Replaces {
            prepared: output.overwrite,
            sent: output.forget_sent,
        }
    }
}

/// A directory that one run writes to, and no other run meanwhile. If it is dropped before
/// [`OutDir::keep`], it keeps the whole bodies or slices and their journal for a run that resumes;
/// if nothing is whole, it removes everything.
pub(in crate::batch) struct OutDir {
    root: PathBuf,
    /// The directories that were created for it, the deepest first.
    made: Vec<PathBuf>,
    stage: OutDirStage,
    lock: Option<File>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum OutDirStage {
    /// Nothing in the directory was touched.
    Claimed,
    Begun,
    /// The output is useless to everybody.
    Discarded,
    Kept,
}

impl OutDir {
    /// Takes the directory for a run that reads `source`, if that is a file. Creates the directory
    /// if it is missing.
    pub fn claim(
        root: &Path,
        replaces: Replaces,
        source: SourceFile<'_>,
    ) -> Result<OutDir, OutDirRefusal> {
        refuse_links(root)?;
        if source.is_own(root) {
            return Err(OutDirRefusal::Source);
        }
        let made = missing(root)?;
        make_directory(root)?;
        let dir = OutDir {
            root: root.to_owned(),
            made,
            stage: OutDirStage::Claimed,
            lock: lock(root)?,
        };
        let sent = dir.path(SENDING);
        if !replaces.sent && sent.try_exists().map_err(at(&sent))? {
            return Err(OutDirRefusal::Sent(sent));
        }
        let manifest = dir.path(MANIFEST);
        if manifest.try_exists().map_err(at(&manifest))? {
            // A run that was killed right after its manifest got its name has left the journal.
            remove_if_there(&dir.path(JOURNAL))?;
            if !replaces.prepared {
                return Err(OutDirRefusal::Prepared(manifest));
            }
            // The manifest goes first: without it, nobody takes the other files for whole.
            fs::remove_file(&manifest).map_err(at(&manifest))?;
            sync_directory(root)?;
            remove_own_files(root)?;
        }
        if replaces.sent {
            // The journal goes last: without it, the rest would be that of another list.
            for name in RESULTS_OF_SENDING.iter().chain([&SENDING]) {
                remove_part_or_whole(root, name)?;
            }
        }
        Ok(dir)
    }

    /// The path of a file of that name.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Begins with an empty directory. Returns how many files of an unfinished run were removed.
    pub fn start_over(&mut self) -> io::Result<usize> {
        let left_over = remove_own_files(&self.root)?;
        self.stage = OutDirStage::Begun;
        make_directory(&self.path(BODIES))?;
        Ok(left_over)
    }

    /// Begins with the first `whole` bodies of an unfinished run, which wrote at most `written`
    /// bodies.
    pub fn go_on(&mut self, whole: usize, written: usize) -> io::Result<()> {
        self.stage = OutDirStage::Begun;
        make_directory(&self.path(BODIES))?;
        remove_bodies(&self.root, whole, written)?;
        Ok(())
    }

    /// Begins a file under a temporary name.
    pub fn begin(&self, name: &str) -> io::Result<PartFile> {
        let path = self.path(name);
        let part = self.path(&format!("{name}{PART}"));
        // A run that was killed may have left one.
        remove_if_there(&part)?;
        let file = new_file(&part)?;
        Ok(PartFile {
            file: BufWriter::with_capacity(1 << 18, file),
            name: PartName(part),
            path,
        })
    }

    /// Writes the manifest, which makes the directory whole. Everything else is on the disk under
    /// its name before that. The journal is removed last; otherwise a run that is killed in between
    /// would start again from the beginning.
    pub fn keep(&mut self, manifest: &[u8]) -> io::Result<()> {
        let mut part = self.begin(MANIFEST)?;
        part.write_all(manifest)?;
        let ready = part.synced()?;
        sync_directory(&self.path(BODIES))?;
        sync_directory(&self.root)?;
        for made in &self.made {
            match sync_directory(parent(made)) {
                // Some users may create the directory but not read it.
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {}
                other => other?,
            }
        }
        ready.rename()?;
        // The manifest has its name: nothing may be removed now, even if the name does not reach
        // the disk.
        self.stage = OutDirStage::Kept;
        // A journal that stays does no harm: the next run removes it.
        let _ = remove_if_there(&self.path(JOURNAL));
        sync_directory(&self.root)
    }

    /// How many whole bodies a later run could continue with if this one ended here.
    pub fn left_bodies(&self) -> usize {
        if self.stage != OutDirStage::Begun {
            return 0;
        }
        let is_whole = |number: &usize| self.path(&body_name(*number)).exists();
        (1..).take_while(is_whole).count()
    }

    /// How many whole slices a later run could continue with if this one ended here.
    pub fn left_slices(&self) -> usize {
        if self.stage != OutDirStage::Begun {
            return 0;
        }
        let folders = slices_folders(&self.root).unwrap_or_default();
        let slices = folders.iter().flat_map(fs::read_dir).flatten().flatten();
        slices
            .filter(|slice| is_slice_name(&slice.file_name().to_string_lossy()))
            .count()
    }

    /// Removes everything that the run has written.
    pub fn discard(&mut self) {
        self.stage = OutDirStage::Discarded;
    }
}

impl Drop for OutDir {
    fn drop(&mut self) {
        let worthless = match self.stage {
            OutDirStage::Claimed | OutDirStage::Kept => false,
            OutDirStage::Begun => self.left_bodies() == 0 && self.left_slices() == 0,
            OutDirStage::Discarded => true,
        };
        // A failure here can only leave the file. Without a manifest nobody takes it for whole, and
        // the next run removes it.
        if worthless {
            let _ = remove_own_files(&self.root);
            let _ = fs::remove_dir(self.path(BODIES));
        }
        if cfg!(windows) {
            // As long as this handle is open, nobody can remove the directory.
            self.lock = None;
        }
        if self.stage != OutDirStage::Kept {
            for made in &self.made {
                let _ = fs::remove_dir(made); // only if it is empty
            }
        }
        // A process that was forked meanwhile has the handle too, and with it the lock.
        if let Some(lock) = &self.lock {
            let _ = lock.unlock();
        }
    }
}

/// A file that is being written. It is removed if it is dropped before [`PartFile::finish`].
pub(in crate::batch) struct PartFile {
    file: BufWriter<File>,
    name: PartName,
    path: PathBuf,
}

impl PartFile {
    /// Begins the file of this path, which needs no directory of predial's. Until it is finished it has
    /// a name of its own beside it.
    pub fn beside(path: &Path) -> io::Result<PartFile> {
        let part = parent(path).join(format!(".predial-{}{PART}", Uuid::new_v4().simple()));
        // A failure names the file that the caller knows.
        let file = open_new(&part).map_err(at(path))?;
        Ok(PartFile {
            file: BufWriter::with_capacity(1 << 18, file),
            name: PartName(part),
            path: path.to_owned(),
        })
    }

    /// The directory that the file is in.
    pub fn directory(&self) -> &Path {
        parent(&self.path)
    }

    /// The bytes that were written so far, from the beginning.
    pub fn reader(&mut self) -> io::Result<File> {
        self.flush()?;
        File::open(&self.name.0).map_err(at(&self.name.0))
    }

    /// Discards the bytes that were written so far.
    pub fn begin_again(&mut self) -> io::Result<()> {
        self.flush()?;
        let file = self.file.get_mut();
        let emptied = file.set_len(0).and_then(|()| file.rewind());
        emptied.map_err(at(&self.name.0))
    }

    /// Puts the file on the disk and gives it its final name.
    pub fn finish(self) -> io::Result<()> {
        self.synced()?.rename()
    }

    /// Puts the file on the disk.
    pub fn synced(self) -> io::Result<WholeFile> {
        self.written()?.synced()
    }

    /// Hands all bytes to the system.
    pub fn written(self) -> io::Result<WrittenFile> {
        let file = self.file.into_inner().map_err(io::Error::from);
        Ok(WrittenFile {
            file: file.map_err(at(&self.name.0))?,
            name: self.name,
            path: self.path,
        })
    }
}

impl Write for PartFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes).map_err(at(&self.name.0))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush().map_err(at(&self.name.0))
    }
}

/// A file whose bytes the system has, and perhaps not the disk.
pub(in crate::batch) struct WrittenFile {
    file: File,
    name: PartName,
    path: PathBuf,
}

impl WrittenFile {
    fn synced(self) -> io::Result<WholeFile> {
        self.file.sync_all().map_err(at(&self.name.0))?;
        Ok(self.whole())
    }

    /// Puts files of one directory on the disk. The first was opened before the others were written.
    pub fn synced_together(files: Vec<WrittenFile>) -> io::Result<Vec<WholeFile>> {
        if let [first, _, ..] = &*files
            && let Some(synced) = sync_file_system(&first.file)
        {
            synced.map_err(at(&first.name.0))?;
            return Ok(files.into_iter().map(WrittenFile::whole).collect());
        }
        files.into_iter().map(WrittenFile::synced).collect()
    }

    fn whole(self) -> WholeFile {
        WholeFile {
            name: self.name,
            path: self.path,
        }
    }
}

/// A file that is whole but still has its temporary name.
pub(in crate::batch) struct WholeFile {
    name: PartName,
    path: PathBuf,
}

impl WholeFile {
    /// Gives the file its final name.
    pub fn rename(self) -> io::Result<()> {
        fs::rename(&self.name.0, &self.path).map_err(at(&self.path))
    }
}

/// The temporary name of a file. If the file still has it when this is dropped, the file is
/// removed.
struct PartName(PathBuf);

impl Drop for PartName {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0); // not there once it was renamed
    }
}

/// Takes the lock on a directory, which ends with the handle or the process. `None` if the system
/// has no such lock.
pub(in crate::batch) fn lock(root: &Path) -> Result<Option<File>, OutDirRefusal> {
    let handle = locked(root)?;
    // A run that ended meanwhile may have removed the directory that it created.
    if !root.try_exists().map_err(at(root))? {
        return Err(OutDirRefusal::Busy(root.to_owned()));
    }
    Ok(handle)
}

/// A handle of the directory that has the lock on it.
#[cfg(unix)]
fn locked(root: &Path) -> Result<Option<File>, OutDirRefusal> {
    let handle = File::open(root).map_err(at(root))?;
    match handle.try_lock() {
        Err(TryLockError::WouldBlock) => Err(OutDirRefusal::Busy(root.to_owned())),
        // Some file systems have no locks; a run there goes without.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(Some(handle)),
    }
}

/// The same on Windows, which has no locks on directories. The handle may delete the directory and
/// shares this right with no other handle, so no other run can open one like it. Files in the
/// directory are read and written as before.
#[cfg(windows)]
fn locked(root: &Path) -> Result<Option<File>, OutDirRefusal> {
    use std::os::windows::fs::OpenOptionsExt;
    const DELETE: u32 = 0x0001_0000;
    const FILE_SHARE_READ: u32 = 1;
    const FILE_SHARE_WRITE: u32 = 2;
    /// Without it Windows opens no directory.
    const FILE_FLAG_BACKUP_SEMANTICS: u32 = 0x0200_0000;
    const ERROR_SHARING_VIOLATION: i32 = 32;
    let handle = OpenOptions::new()
        .access_mode(DELETE)
        .share_mode(FILE_SHARE_READ | FILE_SHARE_WRITE)
        .custom_flags(FILE_FLAG_BACKUP_SEMANTICS)
        .open(root);
    match handle {
        Ok(handle) => Ok(Some(handle)),
        Err(error) if error.raw_os_error() == Some(ERROR_SHARING_VIOLATION) => {
            Err(OutDirRefusal::Busy(root.to_owned()))
        }
        Err(error) => Err(at(root)(error).into()),
    }
}

/// Other systems have no lock that predial knows.
#[cfg(not(any(unix, windows)))]
fn locked(_: &Path) -> Result<Option<File>, OutDirRefusal> {
    Ok(None)
}

/// The directory and its parents that do not exist, the deepest first.
fn missing(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut missing = Vec::new();
    for dir in root.ancestors().filter(|dir| !dir.as_os_str().is_empty()) {
        if dir.try_exists().map_err(at(dir))? {
            break;
        }
        missing.push(dir.to_owned());
    }
    Ok(missing)
}

/// Creates a file that only its owner may read, because it holds personal data. Fails if the name
/// is in use, even by a symbolic link.
pub(in crate::batch) fn new_file(path: &Path) -> io::Result<File> {
    open_new(path).map_err(at(path))
}

fn open_new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Creates directories that only their owner may enter.
fn directories() -> DirBuilder {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has modes"))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// Creates a directory in an existing one.
pub(in crate::batch) fn new_directory(path: &Path) -> io::Result<()> {
    directories().create(path).map_err(at(path))
}

/// Creates a directory and its missing parents.
pub(in crate::batch) fn make_directory(path: &Path) -> io::Result<()> {
    directories()
        .recursive(true)
        .create(path)
        .or_else(|error| match error.kind() {
            // The path may be a file. Reading it as a directory gives the right error:
            // FileExistsError would mean an earlier run.
            io::ErrorKind::AlreadyExists => fs::read_dir(path).map(drop),
            _ => Err(error),
        })
        .map_err(at(path))
}

fn parent(path: &Path) -> &Path {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new("."))
}

pub(in crate::batch) fn sync_directory(path: &Path) -> io::Result<()> {
    // Only systems that open a directory as a file need to put it on the disk.
    if cfg!(unix) {
        let sync = File::open(path).and_then(|directory| directory.sync_all());
        sync.map_err(at(path))?;
    }
    Ok(())
}

/// Removes the files that predial writes, finished or not, and no others.
fn remove_own_files(root: &Path) -> io::Result<usize> {
    // The journal goes first, because the files that it lists are about to go.
    let mut removed = remove_if_there(&root.join(JOURNAL))?;
    removed += remove_part_or_whole(root, REJECTS)?;
    removed += remove_part_or_whole(root, REJECT_TABLE)?;
    removed += remove_part_or_whole(root, REJECT_SHEET)?;
    removed += remove_if_there(&root.join(format!("{MANIFEST}{PART}")))?;
    removed += remove_bodies(root, 0, 0)?;
    for folder in slices_folders(root)? {
        removed += remove_folder(&folder)?;
    }
    Ok(removed)
}

/// The folders in which slices are or were prepared.
fn slices_folders(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(root).map_err(at(root))? {
        let entry = entry.map_err(at(root))?;
        let is_folder = entry.file_type().map_err(at(&entry.path()))?.is_dir();
        if is_folder && is_slices_name(&entry.file_name().to_string_lossy()) {
            folders.push(entry.path());
        }
    }
    Ok(folders)
}

/// Removes a folder with its content. Returns how many files it had.
pub(in crate::batch) fn remove_folder(folder: &Path) -> io::Result<usize> {
    // It gets another name first. So a task that does not know yet that its run has ended finds no
    // folder to write to.
    let removed = folder.with_extension("removed");
    fs::rename(folder, &removed).map_err(at(folder))?;
    let files = files_in(&removed)?;
    fs::remove_dir_all(&removed).map_err(at(&removed))?;
    Ok(files)
}

fn files_in(folder: &Path) -> io::Result<usize> {
    let mut files = 0;
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let entry = entry.map_err(at(folder))?;
        let is_folder = entry.file_type().map_err(at(&entry.path()))?.is_dir();
        files += if is_folder {
            files_in(&entry.path())?
        } else {
            1
        };
    }
    Ok(files)
}

/// Removes the bodies after the first `whole`, up to number `written` and on to the first gap.
fn remove_bodies(root: &Path, whole: usize, written: usize) -> io::Result<usize> {
    // Bodies are numbered without a gap, so a file after a gap is not predial's. The last ones go
    // first, so that no gap appears even if this is interrupted.
    let is_there = |number: &usize| {
        let body = root.join(body_name(*number));
        *number <= written
            || body.exists()
            || root.join(format!("{}{PART}", body_name(*number))).exists()
    };
    let beyond = whole + 1..;
    let last = beyond.take_while(is_there).last().unwrap_or(whole);
    let mut removed = 0;
    for number in (whole + 1..=last).rev() {
        removed += remove_part_or_whole(root, &body_name(number))?;
    }
    Ok(removed)
}

/// The files in the directory itself that predial writes.
const OWN_FILES: [&str; 6] = [
    REJECTS,
    REJECT_TABLE,
    REJECT_SHEET,
    MANIFEST,
    JOURNAL,
    SENDING,
];

/// The file that a source reads.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::batch) struct SourceFile<'a> {
    pub path: Option<&'a Path>,
    /// The device and the number of an opened file.
    pub id: Option<FileId>,
}

impl<'a> SourceFile<'a> {
    /// The source file of a run.
    pub fn of(output: &'a OutputOptions) -> Self {
        SourceFile {
            path: output.source.as_deref(),
            id: output.source_id,
        }
    }

    /// Whether it is a file that predial writes into the directory, under any name.
    fn is_own(self, root: &Path) -> bool {
        if self.path.is_some_and(|path| is_own_path(path, root)) {
            return true;
        }
        let of_path = self.path.and_then(|path| fs::metadata(path).ok());
        let ids = [of_path.as_ref().and_then(id_of), self.id];
        if ids == [None, None] {
            return false;
        }
        let is_it = |path: &Path| {
            let id = fs::metadata(path).ok().as_ref().and_then(id_of);
            id.is_some() && ids.contains(&id)
        };
        let own = OWN_FILES.iter();
        let mut own = own.flat_map(|name| [(*name).to_owned(), format!("{name}{PART}")]);
        // A folder that does not exist contains no bodies.
        let mut bodies = fs::read_dir(root.join(BODIES)).into_iter().flatten();
        own.any(|name| is_it(&root.join(name)))
            || bodies.any(|body| body.is_ok_and(|body| is_it(&body.path())))
    }
}

/// Identifies a regular file, if the system can; `None` for a directory, a pipe or a device.
fn id_of(status: &fs::Metadata) -> Option<FileId> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        status.is_file().then(|| (status.dev(), status.ino()))
    }
    #[cfg(not(unix))]
    {
        let _ = status;
        None
    }
}

/// Whether a path is that of a file that predial writes into the directory.
fn is_own_path(file: &Path, root: &Path) -> bool {
    let (Ok(file), Ok(root)) = (file.canonicalize(), root.canonicalize()) else {
        return false; // one of the two does not exist
    };
    let inside = file.strip_prefix(root);
    inside.is_ok_and(|name| {
        let whole = name.to_string_lossy();
        let whole = whole.strip_suffix(PART).unwrap_or(&whole);
        name.starts_with(BODIES) || OWN_FILES.contains(&whole)
    })
}

/// Fails if a name that predial writes to is a symbolic link, because files would be written and
/// removed elsewhere.
fn refuse_links(root: &Path) -> Result<(), OutDirRefusal> {
    for name in OWN_FILES.iter().chain([&BODIES]) {
        let path = root.join(name);
        match fs::symlink_metadata(&path) {
            Ok(status) if status.is_symlink() => return Err(OutDirRefusal::Link(path)),
            _ => {}
        }
    }
    Ok(())
}

fn remove_part_or_whole(root: &Path, name: &str) -> io::Result<usize> {
    let part = remove_if_there(&root.join(format!("{name}{PART}")))?;
    Ok(part + remove_if_there(&root.join(name))?)
}

fn remove_if_there(path: &Path) -> io::Result<usize> {
    match fs::remove_file(path) {
        Ok(()) => Ok(1),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(at(path)(error)),
    }
}

/// The name of the body with this number, from 1.
pub(in crate::batch) fn body_name(number: usize) -> String {
    format!("{BODIES}/{number:06}.json")
}

/// A name for the folder of a run's slices that no other run has.
pub(in crate::batch) fn slices_name() -> String {
    format!("{SLICES}{}", Uuid::new_v4().simple())
}

/// Whether a name is that of a folder of slices.
pub(in crate::batch) fn is_slices_name(name: &str) -> bool {
    let rest = name.strip_prefix(SLICES);
    rest.is_some_and(|rest| {
        rest.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
    })
}

/// The name of the whole slice with this number, from 0. The SHA-256 in it identifies the rows of
/// the slice.
pub(in crate::batch) fn slice_name(number: u64, sha256: &str) -> String {
    format!("{number:09}-{sha256}")
}

fn is_slice_name(name: &str) -> bool {
    let parts = name.split_once('-');
    parts.is_some_and(|(number, sha256)| {
        number.bytes().all(|byte| byte.is_ascii_digit()) && sha256.len() == 64
    })
}
