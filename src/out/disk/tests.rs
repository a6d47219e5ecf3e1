use super::*;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;
use work::identity;

mod strangers;

type Files = BTreeMap<String, Vec<u8>>;

/// Stops the process before the step whose number the environment gives.
pub(super) fn step() {
    static STEPS: AtomicUsize = AtomicUsize::new(0);
    static LAST: std::sync::OnceLock<usize> = std::sync::OnceLock::new();
    let last = *LAST.get_or_init(|| {
        let text = std::env::var("CASEBOOK_TEST_STEPS").unwrap_or_default();
        text.parse().unwrap_or(usize::MAX)
    });
    if STEPS.fetch_add(1, Ordering::SeqCst) >= last {
        std::process::abort();
    }
}

/// Whether the environment asks for a way that this system does not need.
pub(super) fn asks_for(way: &str) -> bool {
    std::env::var("CASEBOOK_TEST_WAY").is_ok_and(|wanted| wanted == way)
}

/// A site that differs from one version to the next in most ways.
fn site(version: usize) -> Files {
    let mut files = Files::new();
    let mut add = |path: String, text: String| files.insert(path, text.into_bytes());
    for n in 0..12 {
        let changed = if n % 3 == 0 { version } else { 0 };
        add(format!("threats/t-{n:03}.html"), format!("threat {n} as of {changed}"));
    }
    add("index.html".into(), format!("home of {version}"));
    add("assets/style.css".into(), "the same".into());
    add(format!("only/in/{version}.html"), "short life".into());
    if version.is_multiple_of(2) {
        add("turn".into(), "a file".into());
    } else {
        add("turn/into.html".into(), "in a folder".into());
    }
    files
}

fn build(out: &Path, files: &Files) -> Result<Report, OutputError<Infallible>> {
    build_with(&order(out), files)
}

fn order(out: &Path) -> Order<'_> {
    static NONE: Sources = Sources { root: PathBuf::new(), folders: Vec::new() };
    Order { out, book: &NONE, force: false, fsync: false }
}

/// As somebody who knows that the folder is no site yet.
fn build_anyway(out: &Path, files: &Files) -> Result<Report, OutputError<Infallible>> {
    build_with(&Order { force: true, fsync: true, ..order(out) }, files)
}

fn build_with(order: &Order<'_>, files: &Files) -> Result<Report, OutputError<Infallible>> {
    let paths: Vec<String> = files.keys().cloned().collect();
    write(order, &paths, || Ok(Vec::new()), |path| Ok(&files[path]), || ())
}

/// All that a folder holds; links by what they name, folders by a final `/`.
fn read(folder: &Path) -> Files {
    let mut files = Files::new();
    if !folder.exists() {
        return files;
    }
    for entry in walkdir::WalkDir::new(folder).min_depth(1) {
        let entry = entry.unwrap();
        let path = entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_string();
        if entry.file_type().is_dir() {
            files.insert(path + "/", Vec::new());
        } else if entry.file_type().is_symlink() {
            let target = fs::read_link(entry.path()).unwrap();
            files.insert(path, format!("-> {}", target.display()).into_bytes());
        } else {
            files.insert(path, fs::read(entry.path()).unwrap());
        }
    }
    files
}

/// What a folder must hold: a site, its manifest, and other files.
fn expected(files: &Files, others: &Files) -> Files {
    let mut all: Files = files.clone();
    let paths: Vec<String> = files.keys().cloned().collect();
    all.insert(MANIFEST.into(), tree::manifest(&paths).unwrap().into_bytes());
    all.extend(others.clone());
    for path in all.keys().cloned().collect::<Vec<_>>() {
        for (end, _) in path.match_indices('/') {
            all.insert(path[..=end].to_string(), Vec::new());
        }
    }
    all
}

/// Puts files and links of somebody else into a folder.
fn add_others(out: &Path) -> Files {
    fs::create_dir_all(out.join("mine/empty")).unwrap();
    fs::write(out.join("mine/notes.txt"), "keep me").unwrap();
    fs::write(out.join("threats/mine.txt"), "keep me too").unwrap();
    fs::write(out.join("CNAME"), "docs.example.org").unwrap();
    let mut others = Files::from([
        ("mine/empty/".to_string(), Vec::new()),
        ("mine/notes.txt".to_string(), b"keep me".to_vec()),
        ("threats/mine.txt".to_string(), b"keep me too".to_vec()),
        ("CNAME".to_string(), b"docs.example.org".to_vec()),
    ]);
    #[cfg(unix)]
    for (name, target) in [("link", "CNAME"), ("mine/dead", "/nowhere/at/all"), ("up", "..")] {
        std::os::unix::fs::symlink(target, out.join(name)).unwrap();
        others.insert(name.into(), format!("-> {target}").into_bytes());
    }
    others
}

fn same(found: &Files, wanted: &Files) {
    let text = |files: &Files| -> Vec<String> {
        let line = |(path, bytes): (&String, &Vec<u8>)| {
            format!("{path} = {}", String::from_utf8_lossy(bytes))
        };
        files.iter().map(line).collect()
    };
    let (found, wanted) = (text(found), text(wanted));
    let more: Vec<_> = found.iter().filter(|line| !wanted.contains(line)).collect();
    let less: Vec<_> = wanted.iter().filter(|line| !found.contains(line)).collect();
    assert!(more.is_empty() && less.is_empty(), "too many: {more:#?}, missing: {less:#?}");
}

/// The folder around the site: where staging happens.
struct Desk {
    folder: tempfile::TempDir,
    out: PathBuf,
}

impl Desk {
    fn new() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("site");
        Desk { folder, out }
    }

    fn holds(&self, files: &Files, others: &Files) {
        same(&read(&self.out), &expected(files, others));
        let beside: Vec<_> =
            fs::read_dir(self.folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(beside, ["site"], "something is left beside the site");
    }
}

#[test]
fn builds_follow_each_other() {
    let desk = Desk::new();
    let report = build(&desk.out, &site(1)).unwrap();
    assert_eq!(report, Report { written: 16, unchanged: 0, removed: 0 });
    desk.holds(&site(1), &Files::new());
    let others = add_others(&desk.out);
    for version in [2, 3, 5, 8] {
        let report = build(&desk.out, &site(version)).unwrap();
        assert!(report.unchanged >= 9 && report.removed >= 1, "{report:?}");
        desk.holds(&site(version), &others);
    }
}

#[cfg(unix)]
#[test]
fn nothing_changed_is_nothing_written() {
    use std::os::unix::fs::MetadataExt;
    let desk = Desk::new();
    build(&desk.out, &site(1)).unwrap();
    let stamp = || -> Vec<_> {
        let walk = walkdir::WalkDir::new(&desk.out).sort_by_file_name();
        let stamp = |m: fs::Metadata| (m.ino(), m.mtime(), m.mtime_nsec(), m.ctime_nsec());
        walk.into_iter().map(|entry| stamp(entry.unwrap().metadata().unwrap())).collect()
    };
    let before = stamp();
    std::thread::sleep(Duration::from_millis(20));
    let report = build(&desk.out, &site(1)).unwrap();
    assert_eq!(report, Report { written: 0, unchanged: 16, removed: 0 });
    assert_eq!(before, stamp());
    // One change: the other files stay the same files, with their times.
    let mut files = site(1);
    files.insert("index.html".into(), b"new".to_vec());
    let inode = |path: &str| fs::metadata(desk.out.join(path)).map(|m| (m.ino(), m.mtime_nsec()));
    let (old, home) = (inode("threats/t-001.html").unwrap(), inode("index.html").unwrap());
    build(&desk.out, &files).unwrap();
    assert_eq!(inode("threats/t-001.html").unwrap(), old);
    assert_ne!(inode("index.html").unwrap(), home);
    desk.holds(&files, &Files::new());
}

#[test]
fn other_peoples_files_are_in_the_way() {
    let desk = Desk::new();
    for (there, ours) in [("index.html", "index.html"), ("a", "a/b.html"), ("a/b", "a")] {
        let file = desk.out.join(there);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, "mine").unwrap();
        let before = read(&desk.out);
        let files = Files::from([(ours.to_string(), b"ours".to_vec())]);
        let error = build_anyway(&desk.out, &files).unwrap_err();
        assert!(matches!(error, OutputError::Write(Problem::InTheWay(_))), "{error}");
        assert_eq!(read(&desk.out), before);
        fs::remove_dir_all(&desk.out).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let desk = Desk::new();
    let outside = desk.folder.path().join("outside");
    fs::create_dir_all(&outside).unwrap();
    fs::write(outside.join("t.html"), "mine").unwrap();
    fs::create_dir_all(&desk.out).unwrap();
    std::os::unix::fs::symlink(&outside, desk.out.join("threats")).unwrap();
    // A manifest from elsewhere makes no claim on what a link leads to.
    fs::write(desk.out.join(MANIFEST), "threats/t.html\n../outside/t.html\n/etc/hosts\n").unwrap();
    let files = Files::from([("threats/t.html".to_string(), b"ours".to_vec())]);
    let error = build(&desk.out, &files).unwrap_err();
    assert!(matches!(error, OutputError::Write(Problem::InTheWay(_))), "{error}");
    build(&desk.out, &Files::from([("index.html".to_string(), b"x".to_vec())])).unwrap();
    assert_eq!(fs::read(outside.join("t.html")).unwrap(), b"mine");
}

#[cfg(unix)]
#[test]
fn the_output_folder_can_be_a_link() {
    let desk = Desk::new();
    let real = desk.folder.path().join("real");
    fs::create_dir_all(&real).unwrap();
    std::os::unix::fs::symlink(&real, &desk.out).unwrap();
    build(&desk.out, &site(1)).unwrap();
    build(&desk.out, &site(2)).unwrap();
    assert_eq!(read(&real), expected(&site(2), &Files::new()));
    assert!(fs::symlink_metadata(&desk.out).unwrap().is_symlink());
}

#[test]
fn a_book_is_never_the_output_folder() {
    let desk = Desk::new();
    fs::create_dir_all(&desk.out).unwrap();
    fs::write(desk.out.join("book.toml"), "").unwrap();
    let error = build(&desk.out, &site(1)).unwrap_err();
    assert!(matches!(error, OutputError::Write(Problem::HoldsBook(_))), "{error}");
    fs::remove_dir_all(&desk.out).unwrap();
    fs::write(&desk.out, "a file").unwrap();
    let error = build(&desk.out, &site(1)).unwrap_err();
    assert!(matches!(error, OutputError::Write(Problem::NotAFolder(_))), "{error}");
}

#[test]
fn a_page_that_fails_leaves_the_old_site() {
    let desk = Desk::new();
    build(&desk.out, &site(1)).unwrap();
    let files = site(2);
    let paths: Vec<String> = files.keys().cloned().collect();
    for _ in 0..20 {
        let render = |path: &str| match path.contains("t-00") {
            true => Err(format!("no {path}")),
            false => Ok(&files[path]),
        };
        let error = write(&order(&desk.out), &paths, || Ok(Vec::new()), render, || ()).unwrap_err();
        let first = "cannot render `threats/t-000.html`: no threats/t-000.html";
        assert_eq!(error.to_string(), first);
        desk.holds(&site(1), &Files::new());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_the_disk_says_is_passed_on() {
    let desk = Desk::new();
    build(&desk.out, &site(1)).unwrap();
    let mut files = site(2);
    files.insert(format!("{}.html", "x".repeat(300)), Vec::new());
    let error = build(&desk.out, &files).unwrap_err();
    assert!(error.to_string().starts_with("cannot write `"), "{error}");
    assert!(error.to_string().contains("too long"), "{error}");
    desk.holds(&site(1), &Files::new());
}

#[test]
fn permissions_of_folders_stay() {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let desk = Desk::new();
        build(&desk.out, &site(1)).unwrap();
        let mode = |path: &str| fs::metadata(desk.out.join(path)).unwrap().permissions().mode();
        for folder in ["", "threats"] {
            let wanted = fs::Permissions::from_mode(0o2775);
            fs::set_permissions(desk.out.join(folder), wanted).unwrap();
        }
        build(&desk.out, &site(2)).unwrap();
        assert_eq!((mode("") & 0o7777, mode("threats") & 0o7777), (0o2775, 0o2775));
    }
}

#[test]
fn a_file_that_appears_during_the_build_is_kept() {
    let desk = Desk::new();
    build(&desk.out, &site(1)).unwrap();
    fs::write(desk.out.join("notes.txt"), "old").unwrap();
    let work = Work::open(desk.out.clone()).unwrap();
    let old = Tree::read(work.out()).unwrap();
    let (paths, files): (Vec<String>, Files) = (site(2).into_keys().collect(), site(2));
    let render = |path: &str| Ok::<_, Infallible>(&files[path]);
    let changed = render_changed(&work, &old, &paths, &render, &|| ()).unwrap();
    let now: BTreeSet<&String> = paths.iter().collect();
    let stale = old.ours.iter().filter(|path| !now.contains(path));
    let stale: Vec<&str> = stale.map(String::as_str).collect();
    let change = swap::Change {
        work: &work,
        old: &old,
        paths: &paths,
        changed: &changed,
        stale: &stale,
        fsync: true,
    };
    fs::write(desk.out.join("threats/late.txt"), "late").unwrap();
    change.commit(&tree::manifest(&paths).unwrap()).unwrap();
    drop(work);
    let others = Files::from([
        ("notes.txt".to_string(), b"old".to_vec()),
        ("threats/late.txt".to_string(), b"late".to_vec()),
    ]);
    desk.holds(&files, &others);
}

#[test]
fn builds_at_once_do_not_mix() {
    let desk = Desk::new();
    std::thread::scope(|scope| {
        for version in 1..=8 {
            let out = &desk.out;
            scope.spawn(move || build(out, &site(version)).unwrap());
        }
    });
    let found = read(&desk.out);
    assert!((1..=8).any(|v| found == expected(&site(v), &Files::new())), "{:?}", found.keys());
    // One that does not end is waited for, but not for ever.
    let _claim = Work::open(desk.out.clone()).unwrap();
    let error = build(&desk.out, &site(1)).unwrap_err();
    assert!(matches!(error, OutputError::Write(Problem::Busy(_))), "{error}");
}

/// Not a test: the process that the tests below stop.
#[test]
#[ignore = "is run by the tests that stop it"]
fn child() {
    let Ok(out) = std::env::var("CASEBOOK_TEST_OUT") else { return };
    let version = std::env::var("CASEBOOK_TEST_VERSION").unwrap().parse().unwrap();
    let pause = std::env::var("CASEBOOK_TEST_PAUSE").is_ok();
    let files = site(version);
    let paths: Vec<String> = files.keys().cloned().collect();
    let render = |path: &str| {
        if pause {
            std::thread::sleep(Duration::from_micros(300));
        }
        Ok::<_, Infallible>(&files[path])
    };
    write(&order(Path::new(&out)), &paths, || Ok(Vec::new()), render, || ()).unwrap();
}

fn spawn(desk: &Desk, version: usize, way: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "out::disk::tests::child", "--ignored", "--test-threads=1"]);
    command.env("CASEBOOK_TEST_OUT", &desk.out);
    command.env("CASEBOOK_TEST_VERSION", version.to_string());
    command.env("CASEBOOK_TEST_WAY", way);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Stops a build before each of its steps and looks at what is there.
fn stop_at_every_step(way: &str, whole: impl Fn(&Files, [Files; 2]) -> bool) -> usize {
    let desk = Desk::new();
    build(&desk.out, &site(1)).unwrap();
    let others = add_others(&desk.out);
    let folder = identity(&desk.out);
    for steps in 0..1000 {
        let status =
            spawn(&desk, 2, way).env("CASEBOOK_TEST_STEPS", steps.to_string()).status().unwrap();
        let found = read(&desk.out);
        let sites = [expected(&site(1), &others), expected(&site(2), &others)];
        assert!(whole(&found, sites), "stopped at step {steps}: {:#?}", found.keys());
        // A second one is stopped too, earlier or later; a third puts everything right,
        // to the old site or to the new one.
        let other = (steps * 7 + 3) % 60;
        spawn(&desk, 3, way).env("CASEBOOK_TEST_STEPS", other.to_string()).status().unwrap();
        let next = 1 + steps % 2;
        build(&desk.out, &site(next)).unwrap();
        desk.holds(&site(next), &others);
        build(&desk.out, &site(1)).unwrap();
        assert_eq!(identity(&desk.out), folder, "another folder after step {steps}");
        if status.success() {
            return steps;
        }
    }
    panic!("it never ended");
}

#[test]
fn stopped_anywhere_it_is_the_old_site_or_the_new_one() {
    let steps = stop_at_every_step("", |found, sites| sites.contains(found));
    assert!(steps > 40, "only {steps} steps");
}

#[test]
fn file_by_file_each_file_is_whole() {
    stop_at_every_step("in-place", |found, [old, new]| {
        let either = |(path, bytes): (&String, &Vec<u8>)| {
            path == MANIFEST || old.get(path) == Some(bytes) || new.get(path) == Some(bytes)
        };
        let both = |path: &&String| !path.ends_with('/') && new.contains_key(*path);
        let kept = old.keys().filter(both).all(|p| found.contains_key(p));
        kept && found.iter().all(either)
    });
}

#[test]
fn killed_at_any_moment_it_is_the_old_site_or_the_new_one() {
    let desk = Desk::new();
    build(&desk.out, &site(1)).unwrap();
    let others = add_others(&desk.out);
    let folder = identity(&desk.out);
    let mut version = 1;
    for round in 0..100u64 {
        let mut child =
            spawn(&desk, version + 1, "").env("CASEBOOK_TEST_PAUSE", "1").spawn().unwrap();
        std::thread::sleep(Duration::from_micros(500 + round * 7919 % 20_000));
        child.kill().unwrap();
        child.wait().unwrap();
        let found = read(&desk.out);
        if found == expected(&site(version + 1), &others) {
            version += 1;
        }
        same(&found, &expected(&site(version), &others));
    }
    build(&desk.out, &site(version)).unwrap();
    desk.holds(&site(version), &others);
    assert_eq!(identity(&desk.out), folder);
}

/// Not a test: what a build of 10,000 files costs.
#[test]
#[ignore = "measures"]
fn cost() {
    let desk = Desk::new();
    let paths: Vec<String> = (0..10_000).map(|n| format!("{:02}/p-{n:05}.html", n % 40)).collect();
    let page = |path: &str, extra: &str| format!("{path}{extra}{}", "x".repeat(13_000));
    for (name, extra) in [("first", ""), ("same", ""), ("one", "1"), ("all", "2"), ("same", "2")] {
        let start = std::time::Instant::now();
        let render = |path: &str| {
            let mark = if extra == "1" && path != paths[77] { "" } else { extra };
            Ok::<_, Infallible>(page(path, mark))
        };
        let report = write(&order(&desk.out), &paths, || Ok(Vec::new()), render, || ()).unwrap();
        println!("{name:6} {:4} ms {report:?}", start.elapsed().as_millis());
    }
}
