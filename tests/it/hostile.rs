//! What a stranger's book, folder or machine may do to the program: nothing runs, nothing
//! hangs, nothing that is not ours changes, and nothing is lost without a word.
//!
//! `CASEBOOK_LONG=1 cargo test --test it hostile::` does forty times as many rounds.
#![cfg(unix)]

use crate::support::{files_below, put};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// No command of these tests takes longer, on the slowest machine.
const LIMIT: Duration = Duration::from_secs(60);

/// So many rounds; many more when somebody has the time.
fn rounds(short: u64) -> u64 {
    if std::env::var_os("CASEBOOK_LONG").is_some() { short * 40 } else { short }
}

struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Desk {
        let desk = Desk { folder: tempfile::tempdir().unwrap() };
        put(&desk.path("book/content/index.md"), "# Home\n\ntext\n");
        put(&desk.path("book/content/models/m.md"), "---\nid: M-A-001\ntitle: M\n---\n\ntext\n");
        desk
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn command(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_casebook"));
        command.args(words.split_whitespace()).current_dir(self.path("book"));
        command.env("TMPDIR", self.folder.path()).stdin(Stdio::null());
        command
    }

    /// What a command says, if it ends.
    fn run(&self, words: &str) -> Output {
        let out = self.path("stdout");
        let err = self.path("stderr");
        let mut command = self.command(words);
        command.stdout(File::create(&out).unwrap()).stderr(File::create(&err).unwrap());
        let mut child = command.spawn().unwrap();
        let start = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if start.elapsed() > LIMIT {
                child.kill().unwrap();
                panic!("it hangs: {words}");
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        Output { status, stdout: fs::read(out).unwrap(), stderr: fs::read(err).unwrap() }
    }

    /// An error of usage or environment, in words.
    #[track_caller]
    fn refuses(&self, words: &str, why: &str) {
        let output = self.run(words);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{words}: {said}");
        assert!(said.contains(why), "{words}: {said}");
    }
}

fn pipe(path: &Path) {
    let _ = fs::remove_file(path);
    let made = Command::new("mkfifo").arg(path).status().unwrap();
    assert!(made.success());
}

/// All that a folder holds.
fn read(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = files_below(folder).into_iter();
    files.map(|path| (path.clone(), fs::read(folder.join(path)).unwrap())).collect()
}

#[test]
fn no_command_of_a_repository_runs() {
    let desk = Desk::new();
    let trace = desk.path("EXECUTED");
    put(&desk.path("book/book.toml"), "[changes]\ngit = true\n");
    let git = |words: &[&str]| {
        let mut command = Command::new("git");
        command.args(["-c", "user.name=a", "-c", "user.email=a@b.example", "-C"]);
        let output = command.arg(desk.path("book")).args(words).env("HOME", desk.folder.path());
        let output = output.output().unwrap();
        assert!(output.status.success(), "{words:?} {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    git(&["init", "-q", "."]);
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "x"]);
    for line in git(&["rev-list", "--all", "--objects"]).lines() {
        let hash = line.split(' ').next().unwrap();
        if git(&["cat-file", "-t", hash]).trim() == "tree" {
            let file = format!("book/.git/objects/{}/{}", &hash[..2], &hash[2..]);
            fs::remove_file(desk.path(&file)).unwrap();
        }
    }
    let bait = format!("touch '{}';", trace.display());
    for (key, value) in [
        ("core.repositoryformatversion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.url", "/nowhere"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.uploadpack", bait.as_str()),
        ("protocol.file.allow", "always"),
        ("core.fsmonitor", bait.as_str()),
        ("core.pager", bait.as_str()),
        ("gpg.program", bait.as_str()),
        ("log.showSignature", "true"),
    ] {
        git(&["config", key, value]);
    }
    let commands = ["check", "build", "list threats --dir .", "search --dir . text", "gate ."];
    for words in commands {
        desk.run(words);
        assert!(!trace.exists(), "{words}");
    }
    // The same as a bare repository that is the book's folder.
    for name in ["HEAD", "config", "objects", "refs"] {
        fs::rename(desk.path("book/.git").join(name), desk.path("book").join(name)).unwrap();
    }
    fs::remove_dir_all(desk.path("book/.git")).unwrap();
    for words in commands {
        desk.run(words);
        assert!(!trace.exists(), "{words}");
    }
}

#[test]
fn named_inputs_that_never_end_are_refused_at_once() {
    let desk = Desk::new();
    pipe(&desk.path("pipe"));
    let pipe = desk.path("pipe").display().to_string();
    for input in [pipe.as_str(), "/dev/zero", "/dev/full", "/dev/tty", "/proc/self/fd", "."] {
        desk.refuses(&format!("check . --junit {input}"), "cannot read the results of tests");
    }
    let settings = desk.path("book/book.toml");
    for target in [pipe.as_str(), "/dev/zero", "/dev/random", "/proc/kmsg", "/dev/tty", "../pipe"] {
        symlink(target, &settings).unwrap();
        desk.refuses("check", "book.toml");
        fs::remove_file(&settings).unwrap();
    }
    self::pipe(&settings);
    desk.refuses("check", "no regular file");
    desk.refuses("build", "no regular file");
    fs::remove_file(&settings).unwrap();
    fs::write(&settings, b"[book]\ntitle = \"\xff\"\n").unwrap();
    desk.refuses("check", "book.toml:2:10: this is no UTF-8");
    fs::remove_file(&settings).unwrap();
    fs::create_dir_all(desk.path("book/export/confluence")).unwrap();
    self::pipe(&desk.path("book/export/confluence/pages.json"));
    let publish = "publish confluence --url http://127.0.0.1:1 --space A --edition data-center";
    let mut command = desk.command(publish);
    let output = command.env("CASEBOOK_CONFLUENCE_TOKEN", "x").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn what_can_never_succeed_is_told_at_once() {
    let desk = Desk::new();
    let made = desk.run("export confluence");
    assert!(made.status.success(), "{made:?}");
    let publish = |url: &str, token: &str| {
        let words = format!("publish confluence --url {url} --space A --edition data-center");
        let mut command = desk.command(&words);
        let start = Instant::now();
        let output = command.env("CASEBOOK_CONFLUENCE_TOKEN", token).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{url}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!said.contains("waiting") && start.elapsed() < LIMIT, "{said}");
        assert!(!said.contains("s3cret"), "{said}");
        said
    };
    for url in ["http://127.0.0.1:99999", "http://127.0.0.1:x@localhost:1", "https://a:b@c.example"]
    {
        publish(url, "s3cret");
    }
    assert!(publish("http://127.0.0.1:1", "s3crét").contains("token"));
    // A link in the export leads nowhere else.
    let file = files_below(&desk.path("book/export/confluence"));
    let page = file.iter().find(|path| path.as_str() == "pages.json").unwrap();
    let page = desk.path("book/export/confluence").join(page);
    fs::rename(&page, desk.path("elsewhere")).unwrap();
    symlink(desk.path("elsewhere"), &page).unwrap();
    assert!(publish("http://127.0.0.1:1", "s3cret").contains("leads out of the export"));
}

#[test]
fn what_cannot_be_written_is_told() {
    let desk = Desk::new();
    for words in [
        "check",
        "check . --format sarif",
        "list threats --format json --dir .",
        "search --dir . text",
        "explain",
        "--help",
        "--version",
        "export html --single --page index.md --out -",
        "build",
    ] {
        let full = || File::options().write(true).open("/dev/full").unwrap();
        let output = desk.command(words).stdout(full()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{words}: {said}");
        assert!(said.contains("cannot write to standard output"), "{words}: {said}");
        // A closed pipe is the reader's choice, and a full standard error no panic.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let closed = desk.command(words).stdout(writer).stderr(full()).status().unwrap();
        assert_eq!(closed.code(), Some(0), "{words}");
        let wrong = desk.command("explain no-such-code").stderr(full()).status().unwrap();
        assert_eq!(wrong.code(), Some(2));
    }
    // A limit of the system is an error with the file, and the old site stays.
    let before = read(&desk.path("book/site"));
    put(&desk.path("book/content/large.zip"), vec![b'x'; 1 << 20]);
    let casebook = env!("CARGO_BIN_EXE_casebook");
    let limited = Command::new("sh")
        .args(["-c", &format!("ulimit -f 64; exec '{casebook}' build")])
        .current_dir(desk.path("book"))
        .output()
        .unwrap();
    let said = String::from_utf8(limited.stderr).unwrap();
    assert_eq!(limited.status.code(), Some(2), "{said}");
    assert!(said.contains("cannot write"), "{said}");
    assert_eq!(read(&desk.path("book/site")), before);
}

#[test]
fn nothing_goes_over_the_sources() {
    let desk = Desk::new();
    put(&desk.path("book/book.toml"), "[book]\ntitle = \"Mine\"\n");
    put(&desk.path("book/theme/templates/x.html"), "x");
    put(&desk.path("book/text/part.md"), "text");
    put(&desk.path("book/.git/HEAD"), "x");
    symlink("content", desk.path("book/alias")).unwrap();
    symlink("../text", desk.path("book/content/linked")).unwrap();
    symlink("content/index.md", desk.path("book/page.html")).unwrap();
    let before = read(&desk.path("book"));
    for out in [
        ".",
        "..",
        "content",
        "content/models",
        "content/new",
        "theme",
        "theme/x",
        ".git",
        ".git/x",
        "alias",
        "alias/x",
        "text",
        "text/x",
        "content/../content",
        "../book",
        "../book/content",
    ] {
        desk.refuses(&format!("build --force --out {out}"), "Nothing was changed");
        desk.refuses(&format!("export mediawiki --force --out {out}"), "Nothing was changed");
    }
    for out in ["book.toml", "content/index.md", "content/new.html", "page.html", "alias/x.html"] {
        let words = format!("export html --single --page index.md --out {out}");
        desk.refuses(&words, "Nothing was changed");
    }
    for out in ["/dev/null", "text"] {
        let words = format!("export html --single --page index.md --out {out}");
        assert_eq!(desk.run(&words).status.code(), Some(2));
    }
    assert_eq!(read(&desk.path("book")), before);
    put(&desk.path("book/mine/notes.txt"), "mine");
    desk.refuses("build --out mine", "--force");
    desk.refuses("export mediawiki --out mine", "--force");
    assert!(desk.run("build --out mine --force --fsync").status.success());
    assert_eq!(fs::read(desk.path("book/mine/notes.txt")).unwrap(), b"mine");
}

#[test]
fn odd_places_for_the_site_do_no_harm() {
    let desk = Desk::new();
    pipe(&desk.path("pipe"));
    let long = "x".repeat(300);
    let deep = "x/".repeat(3_000);
    for out in ["/dev/null", "/dev/full", "../pipe", "content/index.md", "/proc/x", &long, &deep] {
        let output = desk.run(&format!("build --out {out}"));
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{out}: {said}");
    }
    assert!(fs::symlink_metadata("/dev/null").is_ok_and(|found| !found.is_file()));
}

#[test]
fn templates_that_would_overflow_the_stack_are_told() {
    let desk = Desk::new();
    put(&desk.path("book/content/a.md"), "# A\n");
    for text in [
        format!("{{% if 1 %}}{}{{% endif %}}", "{% elif 2 %}".repeat(10_000)),
        format!("{{{{ {}1 }}}}", "not ".repeat(50_000)),
        format!("{{{{ a{} }}}}", ".x".repeat(50_000)),
        "{% set s = 'x' %}".to_string() + &"{% set s = s + s %}".repeat(60),
        "{{ 'x'|center(1000000000) }}".to_string(),
        "{% raw %}".repeat(20_000),
        "{# ".repeat(100_000),
    ] {
        put(&desk.path("book/theme/templates/page.html"), &text);
        let output = desk.run("build");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{}: {said}", &text[..30]);
        assert!(said.contains("page.html"), "{said}");
    }
}

/// Values that are small until something looks into them, each with what looks: with so much
/// memory and time of a processor that none could do it.
#[test]
fn templates_whose_lists_grow_without_end_are_told() {
    let desk = Desk::new();
    put(&desk.path("book/content/a.md"), "# A\n");
    let times = |step: &str| step.repeat(40);
    let both = times("{% set s = [s, s] %}{% set t = [t, t] %}");
    let tables = times("{% set s = {'a': s, 'b': s} %}{% set t = {'a': t, 'b': t} %}");
    let looks = [
        "{% if s == t %}{% endif %}",
        "{% if s < t or s in [t] %}{% endif %}",
        "{{ [s, t]|unique|length }}",
        "{{ [s, t]|sort|length }}",
        "{{ {s: 1}|length }}",
        "{{ s|tojson|length }}",
        "{{ (s ~ t)|length }}",
        "{{ 'x' in (s|string) }}",
    ];
    let mut templates: Vec<String> = looks.iter().map(|look| format!("{both}{look}")).collect();
    templates.extend(looks.iter().map(|look| format!("{tables}{look}")));
    templates.extend([
        "{% macro m(x, y, n) %}{{ m([x, x], [y, y], n - 1) if n else x == y }}{% endmacro %}\
         {{ m([1], [1], 40) }}"
            .to_string(),
        times("{% set s = [s] * 9 %}{% set t = [t] * 9 %}") + "{{ s == t }}",
        times("{% set s = [1]|batch(9, s)|list %}{% set t = [1]|batch(9, t)|list %}")
            + "{{ s == t }}",
    ]);
    for text in templates {
        put(&desk.path("book/theme/templates/page.html"), &text);
        let casebook = env!("CARGO_BIN_EXE_casebook");
        let limited = Command::new("sh")
            .args(["-c", &format!("ulimit -v 1500000; ulimit -t 60; exec '{casebook}' build")])
            .current_dir(desk.path("book"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&limited.stderr).into_owned();
        assert_eq!(limited.status.code(), Some(1), "{}: {said}", &text[text.len() - 60..]);
        assert!(said.contains("page.html") && said.contains("without end"), "{said}");
    }
}

#[test]
fn killed_at_random_the_site_is_the_old_one_or_the_new_one() {
    let desk = Desk::new();
    let page = |number: u64, version: u64| {
        let text =
            if number.is_multiple_of(3) { format!("version {version}") } else { "the same".into() };
        put(&desk.path(&format!("book/content/p{number}.md")), format!("# P {number}\n\n{text}\n"));
    };
    let write = |version: u64| {
        (0..30).for_each(|number| page(number, version));
        for other in 0..2 {
            let file = desk.path(&format!("book/content/only-{other}.md"));
            match other == version {
                true => put(&file, "# Only here\n"),
                false => drop(fs::remove_file(file)),
            }
        }
    };
    let built = |version: u64| {
        write(version);
        assert!(desk.run(&format!("build --out ../ref{version}")).status.success());
        read(&desk.path(&format!("ref{version}")))
    };
    let sites = [built(0), built(1)];
    assert!(desk.run("build").status.success());
    let site = desk.path("book/site");
    let held =
        fs::metadata(&site).map(|found| std::os::unix::fs::MetadataExt::ino(&found)).unwrap();
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    for round in 0..rounds(10) {
        write(round % 2);
        let mut child = desk.command("build").stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        std::thread::sleep(Duration::from_micros((seed >> 33) % 400_000));
        let child = child.as_mut().unwrap();
        let _ = child.kill();
        child.wait().unwrap();
        let found = read(&site);
        assert!(sites.contains(&found), "round {round}: {:?}", found.keys());
    }
    write(1);
    assert!(desk.run("build").status.success());
    assert_eq!(read(&site), sites[1]);
    assert!(!desk.path("book/.site.casebook").exists());
    let now = fs::metadata(&site).map(|found| std::os::unix::fs::MetadataExt::ino(&found)).unwrap();
    assert_eq!(now, held, "the folder is another one");
}

/// The tests in a file, called as `cargo test` calls them.
fn tests_in(file: &str) -> Vec<String> {
    let stem = file.trim_end_matches(".rs").trim_end_matches("/mod");
    let room = stem.trim_start_matches("src/").trim_start_matches("tests/it/").replace('/', "::");
    let text = fs::read_to_string(crate::support::project(file)).unwrap();
    let (mut inner, mut names) = ("", Vec::new());
    for (line, next) in text.lines().zip(text.lines().skip(1)) {
        if line.starts_with("mod tests {") {
            inner = "tests::";
        }
        let name = next.trim_start().trim_start_matches("async ").strip_prefix("fn ");
        if line.trim_start().starts_with("#[") && text.contains("#[test]") {
            let name = name.and_then(|rest| rest.split('(').next());
            names.extend(name.map(|name| format!("{room}::{inner}{name}")));
        }
    }
    names
}

#[test]
fn each_promise_names_tests_that_exist() {
    let project = crate::support::project("");
    let rooms = ["src", "tests/it"].into_iter().flat_map(|room| {
        let files = files_below(&project.join(room)).into_iter();
        files.filter(|file| file.ends_with(".rs")).map(move |file| format!("{room}/{file}"))
    });
    let all: Vec<String> = rooms.flat_map(|file| tests_in(&file)).collect();
    let exists = |name: &str| {
        all.iter().any(|test| test == name || test.starts_with(&format!("{name}::")))
            || project.join(name).is_file()
    };
    let security = fs::read_to_string(project.join("SECURITY.md")).unwrap();
    let rows = security.lines().filter(|line| line.starts_with("| ") && line.contains('`'));
    let promised = rows.filter_map(|row| row.rsplit('|').nth(1));
    let mut names: Vec<String> = Vec::new();
    for cell in promised {
        names.extend(cell.split('`').skip(1).step_by(2).map(str::to_string));
    }
    let model = fs::read_to_string(project.join("content/models/casebook/index.md")).unwrap();
    let listed = |word: &str| word.contains("::") && !word.contains(":::");
    let items = model.lines().flat_map(|line| line.split([' ', ',', '[', ']', '"']));
    names.extend(items.filter(|word| listed(word)).map(str::to_string));
    assert!(names.len() > 40, "{names:?}");
    let missing: Vec<&String> =
        names.iter().filter(|name| !exists(name) && *name != "[lints]").collect();
    assert!(missing.is_empty(), "{missing:?}");
}
