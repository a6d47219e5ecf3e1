//! Folders that others hold, own, or have prepared.
#![cfg(unix)]

use super::*;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

/// What does not change about a folder: which one it is, and what its owner set.
fn fixed(folder: &Path) -> (u64, u32, u32, u32) {
    let found = fs::metadata(folder).unwrap();
    (found.ino(), found.uid(), found.gid(), found.mode())
}

fn pipe(path: &Path) {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    mknodat(CWD, path, FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
}

#[test]
fn who_holds_the_folder_sees_the_new_site() {
    let desk = Desk::new();
    build(&desk.out, &site(1)).unwrap();
    let others = add_others(&desk.out);
    let mine = desk.out.join("mine");
    let threats = desk.out.join("threats");
    let before = [&desk.out, &mine, &threats].map(|folder| fixed(folder));
    let stamp = |folder: &Path| (fixed(folder), fs::metadata(folder).unwrap().mtime_nsec());
    let stamped = stamp(&mine);
    // As a server does whose working folder it is, or a container that mounts it.
    let held = fs::File::open(&desk.out).unwrap();
    for version in 2..5 {
        build(&desk.out, &site(version)).unwrap();
        let through = format!("/proc/self/fd/{}/", std::os::fd::AsRawFd::as_raw_fd(&held));
        if cfg!(target_os = "linux") {
            same(&read(Path::new(&through)), &expected(&site(version), &others));
        }
        assert_eq!([&desk.out, &mine, &threats].map(|folder| fixed(folder)), before);
        assert_eq!(stamp(&mine), stamped, "a folder of others was touched");
    }
}

#[test]
fn the_folder_of_another_owner_stays_theirs() {
    let desk = Desk::new();
    build(&desk.out, &site(1)).unwrap();
    let others = add_others(&desk.out);
    if !rustix::process::geteuid().is_root() {
        return; // Only root can give folders away.
    }
    let folders = [desk.out.clone(), desk.out.join("mine"), desk.out.join("threats")];
    for folder in &folders {
        std::os::unix::fs::chown(folder, Some(33), Some(33)).unwrap();
        fs::set_permissions(folder, fs::Permissions::from_mode(0o2775)).unwrap();
    }
    let before = folders.clone().map(|folder| fixed(&folder));
    for version in [2, 3] {
        build(&desk.out, &site(version)).unwrap();
        desk.holds(&site(version), &others);
        assert_eq!(folders.clone().map(|folder| fixed(&folder)), before);
    }
}

#[test]
fn a_folder_that_is_no_site_is_taken_only_when_told_to() {
    let desk = Desk::new();
    fs::create_dir_all(&desk.out).unwrap();
    // An empty one is fine.
    build(&desk.out, &site(1)).unwrap();
    desk.holds(&site(1), &Files::new());
    for name in ["notes.txt", ".hidden", "folder/"] {
        fs::remove_dir_all(&desk.out).unwrap();
        let path = desk.out.join(name);
        fs::create_dir_all(if name.ends_with('/') { &path } else { &desk.out }).unwrap();
        if !name.ends_with('/') {
            fs::write(&path, "mine").unwrap();
        }
        let before = read(&desk.out);
        let error = build(&desk.out, &site(1)).unwrap_err();
        assert!(matches!(error, OutputError::Write(Problem::NotOurs(_))), "{error}");
        assert!(error.to_string().contains("--force"));
        assert_eq!(read(&desk.out), before);
        build_anyway(&desk.out, &site(1)).unwrap();
        desk.holds(&site(1), &before);
        // From then on it is one.
        build(&desk.out, &site(2)).unwrap();
        desk.holds(&site(2), &before);
    }
}

#[test]
fn a_planted_work_folder_is_not_believed() {
    let desk = Desk::new();
    let secret = desk.folder.path().join("secret");
    for journal in ["", "casebook journal\u{0}1:2\u{0}1:2\u{0}", "o\u{0}f\u{0}"] {
        fs::write(&secret, "secret").unwrap();
        let planted = desk.folder.path().join(".site.casebook");
        for folder in ["new/threats", "old"] {
            fs::create_dir_all(planted.join(folder)).unwrap();
            fs::write(planted.join(folder).join("evil.html"), "evil").unwrap();
            symlink(&secret, planted.join(folder).join("leak.txt")).unwrap();
        }
        fs::write(planted.join("known"), journal).unwrap();
        symlink(&secret, planted.join("draft")).unwrap();
        build(&desk.out, &site(1)).unwrap();
        fs::remove_file(&secret).unwrap();
        desk.holds(&site(1), &Files::new());
        fs::remove_dir_all(&desk.out).unwrap();
    }
}

#[test]
fn nothing_outside_is_written_through_a_planted_link() {
    let desk = Desk::new();
    let (outside, planted) =
        (desk.folder.path().join("outside"), desk.folder.path().join(".site.casebook"));
    fs::write(&outside, "mine").unwrap();
    build(&desk.out, &site(1)).unwrap();
    for name in ["draft", "known", "new"] {
        fs::create_dir_all(&planted).unwrap();
        symlink(&outside, planted.join(name)).unwrap();
        build(&desk.out, &site(2)).unwrap();
        build(&desk.out, &site(1)).unwrap();
        assert_eq!(fs::read(&outside).unwrap(), b"mine", "{name}");
    }
    // The lock itself is refused, and no file appears at the end of a dead link.
    let dead = desk.folder.path().join("dead");
    fs::create_dir_all(&planted).unwrap();
    symlink(&dead, planted.join("lock")).unwrap();
    build(&desk.out, &site(2)).unwrap_err();
    assert!(!dead.exists());
    fs::remove_file(planted.join("lock")).unwrap();
    pipe(&planted.join("lock"));
    build(&desk.out, &site(2)).unwrap_err();
    fs::remove_dir_all(&planted).unwrap();
    symlink(&desk.out, &planted).unwrap();
    build(&desk.out, &site(2)).unwrap_err();
}

#[test]
fn a_journal_that_was_copied_with_its_book_is_not_believed() {
    let desk = Desk::new();
    build(&desk.out, &site(1)).unwrap();
    let work = Work::open(desk.out.clone()).unwrap();
    fs::create_dir_all(work.new_tree()).unwrap();
    let names: Vec<PathBuf> = site(1).keys().map(PathBuf::from).collect();
    let known = work::Known::new(names.iter().map(PathBuf::as_path), std::iter::empty());
    work.note(&known).unwrap();
    let journal = desk.folder.path().join(".site.casebook/known");
    assert!(work::Known::read(&journal).is_some());
    let copy = desk.folder.path().join("copy");
    fs::copy(&journal, &copy).unwrap();
    assert!(work::Known::read(&copy).is_none());
}

#[test]
fn folders_of_the_book_are_no_output() {
    let desk = Desk::new();
    let root = desk.folder.path().join("book");
    for folder in ["content/part", "theme", ".git", "site"] {
        fs::create_dir_all(root.join(folder)).unwrap();
    }
    for (link, target) in [("link", "content"), ("up", ".."), ("in", "content/part")] {
        symlink(target, root.join(link)).unwrap();
    }
    let folders = ["content", "theme", ".git"].map(|name| root.join(name)).to_vec();
    let book = Sources { root: root.clone(), folders };
    for out in [
        "",
        ".",
        "..",
        "content",
        "content/new",
        "content/a/b",
        "content/part",
        "theme",
        "theme/x",
        ".git",
        ".git/x",
        "link",
        "link/x",
        "up",
        "in",
        "site/../content",
        "./content/../..",
    ] {
        let out = root.join(out);
        let order = Order { force: true, book: &book, ..order(&out) };
        let error = build_with(&order, &site(1)).unwrap_err();
        assert!(matches!(error, OutputError::Write(Problem::OverSources(..))), "{out:?}: {error}");
    }
    assert_eq!(fs::read_dir(root.join("content")).unwrap().count(), 1);
    for out in ["site", "contents", "new/site", ".github/pages"] {
        let out = root.join(out);
        build_with(&Order { book: &book, ..order(&out) }, &site(1)).unwrap();
    }
}

#[test]
fn single_files_spare_the_book() {
    let desk = Desk::new();
    let root = desk.folder.path().join("book");
    fs::create_dir_all(root.join("content")).unwrap();
    for file in ["book.toml", "content/index.md"] {
        fs::write(root.join(file), "mine").unwrap();
    }
    symlink("content/index.md", root.join("link.html")).unwrap();
    symlink("book.toml", root.join("settings")).unwrap();
    let book = Sources { root: root.clone(), folders: vec![root.join("content")] };
    for file in ["book.toml", "settings", "link.html", "content/index.md", "content/new.html"] {
        assert!(book.spare(&root.join(file)).is_err(), "{file}");
    }
    for file in ["review.html", "out/review.html", "../review.html"] {
        book.spare(&root.join(file)).unwrap();
    }
}
